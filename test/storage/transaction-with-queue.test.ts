import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasPostgres } from '../postgres.ts';
import {
  createDatabasePlace,
  createSqlitePlace,
  openAt,
  openQueueApart,
  type SharedPlace,
  type StoreAndQueue,
} from './transaction-world.ts';

const Numbered = z.object({ n: z.number() });

describe('a transaction of a store and a queue in one file', () => describeTransactions(createSqlitePlace));
describe.skipIf(!hasPostgres)(
  'a transaction of a store and a queue in one PostgreSQL database (skipped where there is no server)',
  () => describeTransactions(createDatabasePlace),
);

function describeTransactions(createPlace: () => SharedPlace): void {
  let place: SharedPlace;
  let opened: StoreAndQueue;

  beforeEach(() => {
    place = createPlace();
  });
  afterEach(async () => {
    await opened.close();
    await place.destroy();
  });

  it('commits both or neither, and wakes the worker', async () => {
    opened = await openAt(place.address);
    const { store, queue } = opened;
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

  it('adds a key once, in the order of its group, though several transactions commit at the same time', async () => {
    opened = await openAt(place.address);
    const { store, queue } = opened;
    const entries = queue.define('numbers', Numbered);
    const handled: number[] = [];
    const write = (n: number) =>
      store.transaction(async (transaction) => {
        const second = { payload: { n: n + 100 }, group: 'g' };
        entries.addWithin(transaction, [{ payload: { n }, key: `${n % 5}`, group: 'g' }, second]);
      });

    await Promise.all(Array.from({ length: 20 }, (_, n) => write(n)));
    entries.work(async ({ payload }) => void handled.push(payload.n), { concurrency: 4 });
    await queue.whenIdle();

    const keys = handled.filter((n) => n < 100).map((n) => n % 5);
    expect(keys.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(handled.length).toBe(25);
    for (const n of handled.filter((one) => one < 100)) expect(handled).toContain(n + 100);
  });

  it('refuses a queue with a connection of its own', async () => {
    opened = await openAt(place.address);
    const other = await openQueueApart(place.address);
    const entries = other.queue.define('numbers', Numbered);

    const refused = opened.store.transaction(async (transaction) =>
      entries.addWithin(transaction, [{ payload: { n: 1 } }]),
    );

    await expect(refused).rejects.toMatchObject({ code: 'queue-elsewhere' });
    await other.close();
  });

  it('leaves no half when the process is killed', async () => {
    for (const lines of [1, 7, 20]) await runUntilKilled(place.address, lines);

    opened = await openAt(place.address);
    const { store, queue } = opened;
    const [first, second] = ['first', 'second'].map((name) => store.collection(name, Numbered));
    const handled: unknown[] = [];
    queue.define('numbers', Numbered).work(async ({ payload }) => void handled.push(payload));
    await queue.whenIdle();
    expect(handled.length).toBeGreaterThan(0);
    expect(await first?.get('number')).toEqual(handled.at(-1));
    expect(await second?.get('number')).toEqual(handled.at(-1));
  });
}

async function runUntilKilled(address: string, lines: number): Promise<void> {
  const script = fileURLToPath(new URL('killed-writer.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  }
  await ended;
}
