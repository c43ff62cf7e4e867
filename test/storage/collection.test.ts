import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/shared/clock.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { aRecordingLogger } from '../recording-logger.ts';

const Note = z.object({ text: z.string() });

describe('a collection', () => {
  let folder: string;
  let path: string;
  let store: SqliteStore;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    path = join(folder, 'deep', 'bot.sqlite');
    store = SqliteStore.open(path);
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('gives back what was set, also after the file was opened anew', async () => {
    await store.collection('notes', Note).set('job:1::a', { text: 'hello' });
    await store.close();

    store = SqliteStore.open(path);

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

  it.each([
    ['NaN', { text: 'a', count: Number.NaN }, 'count'],
    ['Infinity', { text: 'a', count: Number.POSITIVE_INFINITY }, 'count'],
    ['undefined', { text: 'a', count: undefined }, 'count'],
    ['what is not there', { count: 1 }, 'text'],
  ])('refuses to store %s, by the name of the field, and keeps what was there', async (_what, value, field) => {
    const counted = store.collection('counted', z.object({ text: z.string(), count: z.number().exactOptional() }));
    await counted.set('a', { text: 'before' });

    const stored = counted.set('a', value as { text: string; count?: number });

    await expect(stored).rejects.toMatchObject({ code: 'store-invalid', message: expect.stringContaining(field) });
    expect(await counted.get('a')).toEqual({ text: 'before' });
  });

  describe('of which one document cannot be read', () => {
    const write = (key: string, text: string) => {
      const other = new DatabaseSync(path);
      other.prepare("INSERT OR REPLACE INTO keyv (namespace, key, value) VALUES ('notes', ?, ?)").run(key, text);
      other.close();
    };
    const DAMAGED = [
      '{"value":{"text":null}}',
      '{"value":{"te',
      'garbage',
      '',
      'null',
      '7',
      '{}',
      '[]',
      '{"value":null}',
    ];

    it.each(DAMAGED)('sets it aside where it is %j, says so, and goes on with the others', async (text) => {
      const { logger, lines } = aRecordingLogger();
      await store.collection('notes', Note).set('good', { text: 'G' });
      await store.close();
      write('g1:bad', text);
      store = SqliteStore.open(path, systemClock, { logger });
      const notes = store.collection('notes', Note);

      expect(await notes.getMany(['g1:bad', 'good'])).toEqual([undefined, { text: 'G' }]);
      expect(await notes.get('g1:bad')).toBeUndefined();
      expect(await Array.fromAsync(notes.entries())).toEqual([['good', { text: 'G' }]]);
      expect(await store.listSetAside()).toMatchObject([{ collection: 'notes', key: 'g1:bad' }]);
      expect(lines.join()).toContain('g1:bad');
      expect(readSetAside(path)).toEqual([text]);
    });

    it('puts what can be repaired in its place, for good', async () => {
      const repair = ({ key }: { readonly key: string }) => ({ text: `repaired ${key}` });
      const notes = store.collection('notes', Note, { repair });
      await notes.set('good', { text: 'G' });
      write('bad', '{"value":{"text":1}}');

      const all = await Array.fromAsync(notes.entries());
      const again = await store.collection('notes', Note).get('bad');

      expect(all).toEqual([
        ['bad', { text: 'repaired bad' }],
        ['good', { text: 'G' }],
      ]);
      expect(again).toEqual({ text: 'repaired bad' });
      expect(await store.listSetAside()).toHaveLength(1);
    });

    it('keeps what is written while it is set aside', async () => {
      const notes = store.collection('notes', Note);
      await notes.set('good', { text: 'G' });
      write('bad', 'garbage');

      const [read] = await Promise.all([notes.get('bad'), notes.set('bad', { text: 'new' })]);

      expect(await notes.get('bad')).toEqual({ text: 'new' });
      expect([undefined, { text: 'new' }]).toContainEqual(read);
    });

    it('reads past it where nothing can be written, and sets it aside later', async () => {
      const notes = store.collection('notes', Note);
      await notes.set('good', { text: 'G' });
      write('bad', 'garbage');
      await store.close();
      store = SqliteStore.open(path, systemClock, { maxBytes: 1 });
      const full = store.collection('notes', Note, { repair: () => ({ text: 'x'.repeat(100_000) }) });

      expect((await full.get('bad'))?.text).toHaveLength(100_000);
      expect(await full.get('good')).toEqual({ text: 'G' });
    });
  });

  it('iterates over more than one batch, past what does not fit', async () => {
    const loose = store.collection('notes', z.object({ text: z.string().optional() }));
    const numbers = Array.from({ length: 1_200 }, (_, at) => at);
    await Promise.all(numbers.map((at) => loose.set(`k${at}`, at === 700 ? {} : { text: `${at}` })));
    const keys: string[] = [];

    for await (const [key] of store.collection('notes', Note).entries()) keys.push(key);

    expect(keys).toHaveLength(1_199);
    expect((await store.listSetAside()).map(({ key }) => key)).toEqual(['k700']);
  });

  it('fails a read, a write and an iteration when the file is closed under it', async () => {
    const notes = store.collection('notes', Note);
    await notes.set('a', { text: 'A' });
    await store.close();

    await expect(notes.get('a')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(notes.getMany(['a'])).rejects.toMatchObject({ code: 'store-failed' });
    await expect(notes.set('a', { text: 'B' })).rejects.toMatchObject({ code: 'store-failed' });
    await expect(Array.fromAsync(notes.entries())).rejects.toMatchObject({ code: 'store-failed' });
    store = SqliteStore.open(path);
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

function readSetAside(path: string): unknown[] {
  const other = new DatabaseSync(path);
  const rows = other.prepare("SELECT value FROM keyv WHERE namespace = 'set-aside'").all();
  other.close();
  return rows.map((row) => row['value']);
}

async function waitUntil(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 10_000; tries += 1) if (await holds()) return true;
  return false;
}
