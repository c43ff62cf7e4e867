import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupCommit } from '../../src/shared/group-commit.ts';
import { FakeClock } from '../fake-clock.ts';

/** Counts transactions that have reached the disk. */
class CountingDatabase extends DatabaseSync {
  commits = 0;

  override exec(sql: string): void {
    super.exec(sql);
    if (sql === 'COMMIT') this.commits += 1;
  }
}

describe('group commit', () => {
  let folder: string;
  let clock: FakeClock;
  let database: CountingDatabase;
  let other: DatabaseSync;
  let group: GroupCommit;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'group-'));
    const path = join(folder, 'group.sqlite');
    clock = new FakeClock();
    database = new CountingDatabase(path, { timeout: 0 });
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE notes (key TEXT PRIMARY KEY, text TEXT NOT NULL)');
    other = new DatabaseSync(path, { timeout: 0 });
    group = new GroupCommit(database, { clock, lockWaitMs: 1_000 });
  });

  afterEach(() => {
    if (other.isOpen) other.close();
    group.close();
    rmSync(folder, { recursive: true });
  });

  const set = (key: string, text: string | null) => group.write(() => put(database, key, text), key);
  const get = (key: string) => group.read(() => look(database, key), [key]);

  it('commits what is written in one turn of the event loop together', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, at) => set(`k${at}`, 'one')));

    expect(database.commits).toBe(1);
    expect(look(other, 'k49')).toBe('one');
  });

  it('resolves only when others see what was written', async () => {
    const writing = set('a', 'one').then(() => look(other, 'a'));
    const before = look(other, 'a');

    expect([before, await writing]).toEqual([undefined, 'one']);
  });

  it('gives each writer what its own work answered', async () => {
    expect(await Promise.all([group.write(() => 1), group.write(() => 'two')])).toEqual([1, 'two']);
  });

  it('lets a write that fails fail alone, the others in their order', async () => {
    const outcomes = await Promise.allSettled([set('a', 'one'), set('b', null), set('a', 'two'), set('c', 'one')]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(['a', 'b', 'c'].map((key) => look(other, key))).toEqual(['two', undefined, 'one']);
  });

  it('undoes all of a write that fails half-way', async () => {
    const half = group.write(() => {
      put(database, 'a', 'half');
      throw new Error('no further');
    });

    await expect(Promise.all([half, set('b', 'one')])).rejects.toThrow('no further');
    expect(['a', 'b'].map((key) => look(other, key))).toEqual([undefined, 'one']);
  });

  it('stores what there is room for when the disk gets full', async () => {
    database.exec('PRAGMA max_page_count = 8');

    const big = Promise.allSettled([set('a', 'x'.repeat(40_000)), set('b', 'small'), set('c', 'x'.repeat(40_000))]);
    const statuses = (await big).map(({ status }) => status);

    expect(statuses).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(look(other, 'b')).toBe('small');
  });

  it('rejects a write that the commit refuses, and stores the others', async () => {
    database.exec('CREATE TABLE replies (note TEXT REFERENCES notes (key) DEFERRABLE INITIALLY DEFERRED)');
    const orphan = group.write(() => database.prepare("INSERT INTO replies VALUES ('nowhere')").run());

    const [refused, kept] = await Promise.allSettled([orphan, set('a', 'one')]);

    expect([refused?.status, kept?.status]).toEqual(['rejected', 'fulfilled']);
    expect(look(other, 'a')).toBe('one');
  });

  it('keeps the order of writes that another process held up', async () => {
    other.exec('BEGIN IMMEDIATE');
    const first = set('a', 'one');
    await clock.advance(60);
    const second = set('a', 'two');
    other.exec('COMMIT');

    await clock.advance(60);
    await Promise.all([first, second]);

    expect(look(other, 'a')).toBe('two');
  });

  it('rejects what is locked out for too long, and writes what came later', async () => {
    other.exec('BEGIN IMMEDIATE');
    const early = expect(set('a', 'early')).rejects.toMatchObject({ errcode: 5 });
    await clock.advance(900);
    const late = set('b', 'late');
    await clock.advance(200);
    await early;
    other.exec('COMMIT');

    await clock.advance(100);
    await late;

    expect([look(other, 'a'), look(other, 'b')]).toEqual([undefined, 'late']);
  });

  it('reads what was written before, though that is not yet committed', async () => {
    const writing = set('a', 'one');

    expect(await get('a')).toBe('one');
    await writing;
  });

  it('reads without waiting for a lock that holds up writes', async () => {
    await set('a', 'one');
    other.exec('BEGIN IMMEDIATE');
    const writing = set('a', 'two');

    expect(await get('a')).toBe('one');
    expect(await get('a')).toBe('one');
    other.exec('COMMIT');
    await clock.advance(100);
    await writing;
  });

  it('commits what waits when it is closed, and rejects what it cannot', async () => {
    const kept = set('a', 'one');
    group.close();
    await kept;
    database.open();
    other.exec('BEGIN IMMEDIATE');
    const refused = expect(set('b', 'two')).rejects.toMatchObject({ errcode: 5 });
    group.close();
    await refused;
    other.exec('COMMIT');

    expect([look(other, 'a'), look(other, 'b')]).toEqual(['one', undefined]);
    await expect(set('c', 'three')).rejects.toThrow('not open');
  });
});

function put(database: DatabaseSync, key: string, text: string | null): void {
  database.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)').run(key, text);
}

function look(database: DatabaseSync, key: string): unknown {
  return database.prepare('SELECT text FROM notes WHERE key = ?').get(key)?.['text'];
}
