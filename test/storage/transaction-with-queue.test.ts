import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';

const Numbered = z.object({ n: z.number() });

describe('a transaction of a store and a queue in one file', () => {
  let folder: string;
  let path: string;
  let store: SqliteStore;
  let queue: SqliteQueue;

  const open = async () => {
    store = SqliteStore.open(path, systemClock);
    queue = await SqliteQueue.open({ path, file: store.file });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'transaction-'));
    path = join(folder, 'bot.sqlite');
  });
  afterEach(async () => {
    await queue.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('commits both or neither, and wakes the worker', async () => {
    await open();
    const notes = store.collection('notes', Numbered);
    const entries = queue.define('numbers', Numbered);
    const handled: number[] = [];
    entries.work(async ({ payload }) => void handled.push(payload.n));
    const write = (n: number, fails: boolean) =>
      store.transaction(async (transaction) => {
        await notes.within(transaction).set('number', { n });
        entries.addWithin(transaction, [{ payload: { n } }]);
        if (fails) throw new Error('on purpose');
      });

    await expect(write(1, true)).rejects.toThrow('on purpose');
    await write(2, false);
    await queue.whenIdle();

    expect([await notes.get('number'), handled]).toEqual([{ n: 2 }, [2]]);
  });

  it('refuses a queue with a connection of its own', async () => {
    await open();
    const other = await SqliteQueue.open({ path });
    const entries = other.define('numbers', Numbered);

    const refused = store.transaction(async (transaction) => entries.addWithin(transaction, [{ payload: { n: 1 } }]));

    await expect(refused).rejects.toMatchObject({ code: 'queue-elsewhere' });
    await other.stop();
  });

  it('leaves no half when the process is killed', { timeout: 60_000 }, async () => {
    for (const lines of [1, 7, 20]) await runUntilKilled(path, lines);

    await open();
    const [first, second] = ['first', 'second'].map((name) => store.collection(name, Numbered));
    const entries = await queue.define('numbers', Numbered).list({ limit: 10_000 });
    const newest = entries[0]?.payload;
    expect(await first?.get('number')).toEqual(newest);
    expect(await second?.get('number')).toEqual(newest);
  });
});

async function runUntilKilled(path: string, lines: number): Promise<void> {
  const script = fileURLToPath(new URL('killed-writer.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  }
  await ended;
}
