import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Store } from '../../src/storage/contract.ts';
import type { StoreEngine, StorePlace } from './store-world.ts';

const Note = z.object({ text: z.string() });
const Count = z.object({ n: z.number() });

/** What every engine must do. */
export function describeStoreContract(engine: StoreEngine): void {
  let place: StorePlace;
  let store: Store;
  let other: Store;
  beforeEach(async () => {
    place = engine.createPlace();
    store = await place.open();
    other = await place.open();
  });
  afterEach(async () => {
    await store.close();
    await other.close();
    await place.destroy();
  });
  describe('documents', () => describeDocuments(() => store));
  describe('insertIfAbsent', () => describeInsert(() => [store, other]));
  describe('update', () => describeUpdate(() => [store, other]));
  describe('a transaction', () => describeTransactions(() => [store, other]));
}

function describeDocuments(open: () => Store): void {
  it('gives back what was set, until it is deleted', async () => {
    const notes = open().collection('notes', Note);
    await notes.set('job:1::a', { text: 'hello' });

    expect(await notes.get('job:1::a')).toEqual({ text: 'hello' });
    expect([await notes.delete('job:1::a'), await notes.delete('job:1::a')]).toEqual([true, false]);
    expect(await notes.get('job:1::a')).toBeUndefined();
  });

  it('reads many in the order of the keys, with gaps, and all by key', async () => {
    const notes = open().collection('notes', Note);
    await notes.set('c', { text: 'C' });
    await notes.set('a', { text: 'A' });

    expect(await notes.getMany(['c', 'b', 'a'])).toEqual([{ text: 'C' }, undefined, { text: 'A' }]);
    expect((await Array.fromAsync(notes.entries())).map(([key]) => key)).toEqual(['a', 'c']);
  });

  it('refuses a value that does not fit', async () => {
    const notes = open().collection('notes', Note);
    const bad: { text: string } = JSON.parse('{}');
    const refused = { code: 'store-invalid' };

    await expect(notes.set('a', bad)).rejects.toMatchObject(refused);
    await expect(notes.insertIfAbsent('a', bad)).rejects.toMatchObject(refused);
    await expect(notes.update('a', () => bad)).rejects.toMatchObject(refused);
    expect(await notes.get('a')).toBeUndefined();
  });
}

function describeInsert(open: () => readonly [Store, Store]): void {
  it('stores what is not there, and leaves alone what is', async () => {
    const [store] = open();
    const notes = store.collection('notes', Note);

    const results = [await notes.insertIfAbsent('a', { text: '1' }), await notes.insertIfAbsent('a', { text: '2' })];

    expect(results).toEqual([true, false]);
    expect(await notes.get('a')).toEqual({ text: '1' });
  });

  it('lets one of many win, of two that share the store', async () => {
    const sides = open().map((store) => store.collection('notes', Note));
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);

    const results = await Promise.all(
      keys.map((key) => Promise.all(sides.map((notes, side) => notes.insertIfAbsent(key, { text: `${side}` })))),
    );

    expect(results.map((won) => won.filter(Boolean).length)).toEqual(keys.map(() => 1));
    const winners = results.map((won) => ({ text: `${won.indexOf(true)}` }));
    expect(await sides[0]?.getMany(keys)).toEqual(winners);
  });

  it('stores again what is over its time', async () => {
    const [store] = open();
    const notes = store.collection('notes', Note, { ttlMs: 1 });
    await notes.insertIfAbsent('a', { text: '1' });
    const endsAt = Date.now() + 2;
    while (Date.now() <= endsAt) await notes.get('a');

    expect(await notes.insertIfAbsent('a', { text: '2' })).toBe(true);
  });
}

function describeUpdate(open: () => readonly [Store, Store]): void {
  it('makes a value, changes it, or leaves it', async () => {
    const [store] = open();
    const counts = store.collection('counts', Count);
    const addOne = (known?: { n: number }) => ({ n: (known?.n ?? 0) + 1 });

    expect(await counts.update('a', () => undefined)).toBeUndefined();
    expect(await counts.update('a', addOne)).toEqual({ n: 1 });
    expect(await counts.update('a', addOne)).toEqual({ n: 2 });
    expect(await counts.update('a', () => undefined)).toEqual({ n: 2 });
    expect(await counts.get('a')).toEqual({ n: 2 });
  });

  it('loses no change of two that share the store', async () => {
    const sides = open().map((store) => store.collection('counts', Count));
    const turns = Array.from({ length: 100 }, (_, n) => sides[n % 2]);

    await Promise.all(turns.map((counts) => counts?.update('a', (known) => ({ n: (known?.n ?? 0) + 1 }))));

    expect(await sides[0]?.get('a')).toEqual({ n: 100 });
  });

  it('rejects with what the change throws, and changes nothing', async () => {
    const [store] = open();
    const counts = store.collection('counts', Count);
    await counts.set('a', { n: 1 });
    const refused = new TypeError('on purpose');

    const updating = counts.update('a', () => {
      throw refused;
    });

    await expect(updating).rejects.toBe(refused);
    expect(await counts.get('a')).toEqual({ n: 1 });
  });
}

function describeTransactions(open: () => readonly [Store, Store]): void {
  it('stores all at once, sees its own writes, and hides them until then', async () => {
    const [store, other] = open();
    const notes = store.collection('notes', Note);
    const theirs = other.collection('notes', Note);
    await notes.set('gone', { text: 'here' });

    const seen = await store.transaction(async (tx) => {
      const own = notes.within(tx);
      await own.set('a', { text: '1' });
      await own.update('a', (known) => ({ text: `${known?.text}+` }));
      const isNew = await own.insertIfAbsent('a', { text: 'no' });
      const isDeleted = await own.delete('gone');
      return [await own.get('a'), isNew, isDeleted, await own.get('gone'), await theirs.get('a'), await notes.get('a')];
    });

    expect(seen).toEqual([{ text: '1+' }, false, true, undefined, undefined, undefined]);
    expect(await theirs.getMany(['a', 'gone'])).toEqual([{ text: '1+' }, undefined]);
  });

  it('stores nothing when its work throws, and rejects with that', async () => {
    const [store] = open();
    const notes = store.collection('notes', Note);
    const failure = new TypeError('on purpose');

    const failing = store.transaction(async (tx) => {
      await notes.within(tx).set('a', { text: '1' });
      throw failure;
    });

    await expect(failing).rejects.toBe(failure);
    expect(await notes.get('a')).toBeUndefined();
  });

  it('is run again where another was faster', async () => {
    const [store, other] = open();
    const counts = store.collection('counts', Count);
    const theirs = other.collection('counts', Count);
    await counts.set('a', { n: 1 });
    let runs = 0;

    const result = await store.transaction(async (tx) => {
      runs += 1;
      const known = await counts.within(tx).get('a');
      if (runs === 1) await theirs.set('a', { n: 10 });
      await counts.within(tx).set('b', { n: (known?.n ?? 0) + 1 });
      return known?.n;
    });

    expect([runs, result, (await theirs.get('b'))?.n]).toEqual([2, 10, 11]);
  });

  it('loses no change of many at the same time', async () => {
    const [store, other] = open();
    const turns = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? store : other));

    const addOne = (own: Store) => {
      const counts = own.collection('counts', Count);
      return own.transaction((tx) => counts.within(tx).update('a', (known) => ({ n: (known?.n ?? 0) + 1 })));
    };
    await Promise.all(turns.map(addOne));

    expect(await store.collection('counts', Count).get('a')).toEqual({ n: 40 });
  });

  it('refuses to be nested, and says so', async () => {
    const [store] = open();
    const nested = store.transaction(() => store.transaction(async () => 1));

    await expect(nested).rejects.toMatchObject({ code: 'store-nested', message: expect.stringContaining('within') });
    expect(await store.transaction(async () => 2)).toBe(2);
  });

  it('refuses to be used after its end, or in another store', async () => {
    const [store, other] = open();
    const notes = store.collection('notes', Note);
    const over = await store.transaction(async (tx) => tx);
    const elsewhere = other.transaction((tx) => notes.within(tx).set('a', { text: '1' }));

    await expect(elsewhere).rejects.toMatchObject({ code: 'store-elsewhere' });
    await expect(notes.within(over).set('a', { text: '1' })).rejects.toMatchObject({ code: 'store-elsewhere' });
    expect(over.isOver).toBe(true);
    expect(await notes.get('a')).toBeUndefined();
  });
}
