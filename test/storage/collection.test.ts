import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Store } from '../../src/storage/store.ts';

const Note = z.object({ text: z.string() });

describe('a collection', () => {
  let folder: string;
  let path: string;
  let store: Store;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    path = join(folder, 'deep', 'bot.sqlite');
    store = Store.open(path);
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('gives back what was set, also after the file was opened anew', async () => {
    await store.collection('notes', Note).set('job:1::a', { text: 'hello' });
    await store.close();

    store = Store.open(path);

    expect(await store.collection('notes', Note).get('job:1::a')).toEqual({ text: 'hello' });
  });

  it('keeps collections apart', async () => {
    const first = store.collection('first', Note);
    const second = store.collection('second', Note);

    await first.set('key', { text: 'one' });

    expect(await second.get('key')).toBeUndefined();
    expect(await second.delete('key')).toBe(false);
    expect(await first.delete('key')).toBe(true);
  });

  it('reads many in the order of the keys, with gaps', async () => {
    const notes = store.collection('notes', Note);
    await notes.set('a', { text: 'A' });
    await notes.set('c', { text: 'C' });

    expect(await notes.getMany(['c', 'b', 'a'])).toEqual([{ text: 'C' }, undefined, { text: 'A' }]);
    expect(await notes.getMany([])).toEqual([]);
  });

  it('lets values die after their time to live', async () => {
    const notes = store.collection('notes', Note, { ttlMs: 1 });

    await notes.set('a', { text: 'A' });
    const gone = await waitUntil(async () => (await notes.get('a')) === undefined);

    expect(gone).toBe(true);
  });

  it('keeps a value that is set while a read finds the one before it over its time', async () => {
    const brief = store.collection('notes', Note, { ttlMs: 1 });
    const lasting = store.collection('notes', Note);
    const keys = Array.from({ length: 10 }, (_, at) => `k${at}`);
    await Promise.all(keys.map((key) => brief.set(key, { text: 'brief' })));
    const writtenAt = Date.now();
    await waitUntil(async () => Date.now() > writtenAt + 2);

    const renewing = keys.map(async (key, turns) => {
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      await lasting.set(key, { text: 'lasting' });
    });
    await Promise.all([...keys.map((key) => brief.get(key)), brief.getMany(keys), ...renewing]);

    expect(await lasting.getMany(keys)).toEqual(keys.map(() => ({ text: 'lasting' })));
  });

  it('throws on a value that does not fit instead of calling it absent', async () => {
    await store.collection('notes', z.object({ other: z.number() })).set('a', { other: 1 });

    const read = store.collection('notes', Note).get('a');

    await expect(read).rejects.toMatchObject({ code: 'store-invalid' });
  });

  it('iterates over more than one batch and hands over what does not fit', async () => {
    const loose = store.collection('notes', z.object({ text: z.string().optional() }));
    const numbers = Array.from({ length: 1_200 }, (_, at) => at);
    await Promise.all(numbers.map((at) => loose.set(`k${at}`, at === 700 ? {} : { text: `${at}` })));
    const invalid: string[] = [];
    const keys: string[] = [];

    for await (const [key] of store.collection('notes', Note).entries((bad) => invalid.push(bad))) keys.push(key);

    expect(keys).toHaveLength(1_199);
    expect(invalid).toEqual(['k700']);
  });

  it('fails a read, a write and an iteration when the file is closed under it', async () => {
    const notes = store.collection('notes', Note);
    await notes.set('a', { text: 'A' });
    await store.close();

    await expect(notes.get('a')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(notes.getMany(['a'])).rejects.toMatchObject({ code: 'store-failed' });
    await expect(notes.set('a', { text: 'B' })).rejects.toMatchObject({ code: 'store-failed' });
    await expect(Array.fromAsync(notes.entries())).rejects.toMatchObject({ code: 'store-failed' });
    store = Store.open(path);
  });

  it('waits for a lock that another process holds without blocking reads', async () => {
    const notes = store.collection('notes', Note);
    await notes.set('a', { text: 'A' });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');

    const writing = notes.set('a', { text: 'B' });
    expect(await notes.get('a')).toEqual({ text: 'A' });
    other.exec('COMMIT');
    await writing;
    other.close();

    expect(await notes.get('a')).toEqual({ text: 'B' });
  });
});

async function waitUntil(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 10_000; tries += 1) if (await holds()) return true;
  return false;
}
