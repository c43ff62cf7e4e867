import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Handler, NamedQueue } from '../../../src/queue/contract.ts';
import { SqliteQueue, type SqliteQueueOptions } from '../../../src/queue/sqlite/sqlite-queue.ts';
import { QUEUE_DDL } from '../../../src/queue/sqlite/sqlite-schema.ts';
import { runUntilKilled } from '../killed-process.ts';
import { QueueClock } from '../queue-clock.ts';
import { createQueueFolder } from '../sqlite-store.ts';

const Payload = z.object({ n: z.number(), text: z.string().optional() });
type Payload = z.infer<typeof Payload>;

let folder: ReturnType<typeof createQueueFolder>;
let clock: QueueClock;
let queues: SqliteQueue[];

beforeEach(() => {
  folder = createQueueFolder();
  clock = new QueueClock();
  queues = [];
});

afterEach(async () => {
  for (const queue of queues) await queue.stop({ timeoutMs: 0 });
  folder.remove();
});

async function openWork(options: Partial<SqliteQueueOptions> = {}, handler?: Handler<Payload>) {
  const queue = await SqliteQueue.open({ path: folder.path, clock, ...options });
  queues.push(queue);
  const work = queue.define('work', Payload);
  if (handler !== undefined) work.work(handler, { concurrency: 5 });
  return { queue, work };
}

/** Holds the file's write lock, as another process would. */
function lockDatabase(): { unlock(): void } {
  const other = new DatabaseSync(folder.path);
  other.exec('BEGIN IMMEDIATE');
  return { unlock: () => other.close() };
}

describe('a locked database', () => {
  it('adds when the lock is gone', async () => {
    const { work } = await openWork();
    const lock = lockDatabase();

    const adding = work.add({ n: 1 });
    await clock.advance(200);
    lock.unlock();
    await clock.advance(1000);

    expect(await adding).toBe('added');
  });

  it('refuses with a clear error when the lock stays', async () => {
    const { work } = await openWork({ lockWaitMs: 400 });
    const lock = lockDatabase();

    const adding = expect(work.add({ n: 1 })).rejects.toMatchObject({ code: 'queue-locked' });
    await clock.advance(2000);
    await adding;
    lock.unlock();

    expect(await work.stats()).toMatchObject({ waiting: 0 });
  });

  it('stores what a handler came to once the lock is gone, without running it again', async () => {
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const { work } = await openWork({ lockWaitMs: 0 }, async () => {
      runs += 1;
      await gate.promise;
    });
    await work.add({ n: 1 }, { key: 'a' });
    await clock.settle();
    const lock = lockDatabase();

    gate.resolve();
    await clock.advance(800);
    const during = await work.get('a');
    lock.unlock();
    await clock.advance(40_000);

    expect(during).toMatchObject({ state: 'active' });
    expect(await work.get('a')).toMatchObject({ state: 'done', recoveries: 0 });
    expect(runs).toBe(1);
  });

  it('lets the run that is still going keep its entry when the lock outlasted its lease', async () => {
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const { work } = await openWork({ lockWaitMs: 0 }, async () => {
      runs += 1;
      await gate.promise;
    });
    await work.add({ n: 1 }, { key: 'a' });
    await clock.settle();
    const lock = lockDatabase();
    await clock.advance(31_000);
    lock.unlock();
    await clock.advance(60_000);

    gate.resolve();
    await clock.settle();

    expect(runs).toBe(1);
    expect(await work.get('a')).toMatchObject({ state: 'done' });
  });
});

describe('a full disk', () => {
  it('refuses to add with a clear error, loses nothing it acknowledged, and adds again when there is room', async () => {
    const { work } = await openWork({ maxBytes: 400_000 });

    const acknowledged = await fill(work, 'x'.repeat(1000));
    const refused = await work.add({ n: -1, text: 'x'.repeat(1000) }).catch((error: unknown) => error);
    const stats = await work.stats();
    const seen = new Set<number>();
    const roomy = await openWork({ keepDoneMs: 0 }, async ({ payload }) => void seen.add(payload.n));
    await roomy.queue.whenIdle();

    expect(refused).toMatchObject({ code: 'queue-full', message: expect.stringContaining('full') });
    expect(acknowledged).toBeGreaterThan(50);
    expect(stats.waiting).toBe(acknowledged);
    expect(seen.size).toBe(acknowledged);
    expect(await work.add({ n: -1 })).toBe('added');
  });

  it('keeps a worker alive until there is room again', async () => {
    const other = new DatabaseSync(folder.path);
    other.exec('CREATE TABLE ballast (bytes BLOB); INSERT INTO ballast VALUES (zeroblob(150000))');
    const seen = new Set<number>();
    const { queue, work } = await openWork({ maxBytes: 400_000, keepDoneMs: 0 });
    const acknowledged = await fill(work, 'x');
    work.work(async ({ payload }) => void seen.add(payload.n), { concurrency: 5 });
    await clock.advance(60_000);
    const handledWhileFull = seen.size;

    other.exec('DROP TABLE ballast');
    other.close();
    await clock.advance(31_000);
    await queue.whenIdle();

    expect(handledWhileFull).toBe(0);
    expect(seen.size).toBe(acknowledged);
  });
});

describe('a killed process', () => {
  it('loses nothing that was acknowledged, and its running entry is recovered', async () => {
    const before = await SqliteQueue.open({ path: folder.path });
    queues.push(before);
    await before.define('handled', Payload).add({ n: 42 }, { key: 'a' });
    const lines = await runUntilKilled(folder.path, ['handling 42', 'added 20']);
    clock = new QueueClock(Date.now() + 31_000);
    const after = await SqliteQueue.open({ path: folder.path, clock });
    queues.push(after);
    const recovered: boolean[] = [];
    after.define('handled', Payload).work(async (entry) => void recovered.push(entry.recovered));

    await after.whenIdle();

    const acknowledged = lines.filter((line) => line.startsWith('added')).length;
    const { waiting } = await after.define('added', Payload).stats();
    expect(recovered).toEqual([true]);
    expect(waiting).toBeGreaterThanOrEqual(acknowledged);
    expect(waiting).toBeLessThanOrEqual(acknowledged + 1);
  });
});

describe('what a killed process held', () => {
  it('is due at once when the file is opened again on the same machine, long before its lease ends', async () => {
    const before = await SqliteQueue.open({ path: folder.path });
    queues.push(before);
    await before.define('handled', Payload).add({ n: 42 }, { key: 'a' });
    await runUntilKilled(folder.path, ['handling 42']);
    clock = new QueueClock(Date.now());
    const after = await SqliteQueue.open({ path: folder.path, clock });
    queues.push(after);
    const recovered: boolean[] = [];

    after.define('handled', Payload).work(async (entry) => void recovered.push(entry.recovered));
    await after.whenIdle();

    expect(recovered).toEqual([true]);
  });
});

describe('entries that have ended', () => {
  it('are removed when nobody needs to see them any more', async () => {
    const { queue, work } = await openWork({ keepDoneMs: 60_000 }, async () => undefined);
    await work.addMany(Array.from({ length: 1200 }, (_, n) => ({ payload: { n } })));
    await queue.whenIdle();
    await clock.advance(30_000);
    const before = await work.stats();

    await clock.advance(90_000);

    expect(before).toMatchObject({ done: 1200 });
    expect(await work.stats()).toMatchObject({ done: 0 });
  });
});

describe('a queue with 100,000 entries', () => {
  it('reads nothing but through an index, in the order of the index', () => {
    const database = new DatabaseSync(':memory:');
    database.exec(QUEUE_DDL);

    const plans = ['ORDER BY due_at, id LIMIT 5', 'ORDER BY due_at LIMIT 1'].flatMap((order) =>
      database.prepare(`EXPLAIN QUERY PLAN SELECT * FROM queue_entries WHERE queue = ? AND due_at <= ? ${order}`).all(),
    );
    database.close();

    const details = plans.map((plan) => String(plan['detail']));
    expect(details.every((detail) => detail.includes('queue_entries_due'))).toBe(true);
    expect(details.some((detail) => detail.includes('TEMP B-TREE'))).toBe(false);
  });
});

/** Adds entries until the first is refused; says how many were not. */
async function fill(work: NamedQueue<Payload, Payload>, text: string): Promise<number> {
  for (let n = 0; ; n += 1) {
    try {
      await work.add({ n, text });
    } catch {
      return n;
    }
  }
}
