import { expect, it } from 'vitest';
import { z } from 'zod';
import { RetryLater } from '../../src/queue/contract.ts';
import { Notes, type Payload, type World } from './queue-world.ts';

export function describeAdding(world: () => World): void {
  it('adds a key once while its entry lives', async () => {
    const { work } = await world().start();

    const results = [await work.add({ n: 1 }, { key: 'a' }), await work.add({ n: 2 }, { key: 'a' })];

    expect(results).toEqual(['added', 'exists']);
    expect(await work.get('a')).toMatchObject({ state: 'waiting', payload: { n: 1 }, attempts: 0 });
  });

  it('adds a key again when its entry has ended', async () => {
    const notes = new Notes();
    const { work, queue } = await world().start(notes.handle);
    await work.add({ n: 1 }, { key: 'a' });
    await queue.whenIdle();

    const result = await work.add({ n: 2 }, { key: 'a' });
    await queue.whenIdle();

    expect(result).toBe('added');
    expect(notes.seen).toEqual([1, 2]);
  });

  it('keeps a key taken for as long as it was asked to', async () => {
    const notes = new Notes();
    const { work, queue } = await world().start(notes.handle);
    await work.add({ n: 1 }, { key: 'a', keepKeyMs: 72_000 });
    await queue.whenIdle();

    await world().clock.advance(71_000);
    const before = await work.add({ n: 2 }, { key: 'a' });
    await world().clock.advance(1000);
    const after = await work.add({ n: 3 }, { key: 'a' });
    await queue.whenIdle();

    expect([before, after]).toEqual(['exists', 'added']);
    expect(notes.seen).toEqual([1, 3]);
  });

  it('adds a key once though several processes add it at the same time, new or ended', async () => {
    const [first, second, third] = [await world().start(), await world().start(), await world().start()];
    const all = [first, second, third];
    const addAll = async (n: number) => {
      const results = await Promise.all(all.map(({ work }) => work.add({ n }, { key: 'a' })));
      return results.filter((result) => result === 'added').length;
    };

    const fresh = await addAll(1);
    const notes = new Notes();
    first.work.work(notes.handle);
    await first.queue.whenIdle();
    const release = notes.hold(2);
    const again = await addAll(2);
    release();
    await first.queue.whenIdle();

    expect([fresh, again, notes.seen]).toEqual([1, 1, [1, 2]]);
  });

  it('adds many at once, saying which were there', async () => {
    const { work } = await world().start();
    await work.add({ n: 0 }, { key: 'b' });

    const results = await work.addMany([
      { payload: { n: 1 }, key: 'a' },
      { payload: { n: 2 }, key: 'b' },
      { payload: { n: 3 }, key: 'a' },
    ]);

    expect(results).toEqual(['added', 'exists', 'exists']);
    expect(await work.stats()).toMatchObject({ waiting: 2 });
  });

  it('adds none of many when one does not fit the schema', async () => {
    const { work } = await world().start();
    const bad: Payload = JSON.parse('{ "n": "two" }');

    const adding = work.addMany([{ payload: { n: 1 } }, { payload: bad }]);

    await expect(adding).rejects.toMatchObject({
      code: 'queue-payload-invalid',
      message: expect.stringContaining('n:'),
    });
    expect(await work.stats()).toMatchObject({ waiting: 0 });
  });

  it('counts entries by state, and says how long the one waits that has been due longest', async () => {
    const { work, queue } = await world().start();
    await work.add({ n: 1 });
    await world().clock.advance(3000);
    await work.add({ n: 2 }, { delayMs: 1000 });
    const waiting = await work.stats();
    await world().clock.advance(2000);
    const due = await work.stats();
    work.work(new Notes().handle);
    await queue.whenIdle();

    expect(waiting).toEqual({ waiting: 1, delayed: 1, active: 0, done: 0, failed: 0, oldestWaitingMs: 3000 });
    expect(due).toEqual({ waiting: 2, delayed: 0, active: 0, done: 0, failed: 0, oldestWaitingMs: 5000 });
    expect(await work.stats()).toEqual({ waiting: 0, delayed: 0, active: 0, done: 2, failed: 0 });
  });
}

export function describeHandling(world: () => World): void {
  it('handles a delayed entry when it is due, not before', async () => {
    const notes = new Notes();
    const { work } = await world().start(notes.handle);
    await work.add({ n: 1 }, { delayMs: 90_000, key: 'a' });

    await world().clock.advance(89_999);
    const before = { seen: [...notes.seen], state: (await work.get('a'))?.state };
    await world().clock.advance(1);

    expect(before).toEqual({ seen: [], state: 'delayed' });
    expect(notes.seen).toEqual([1]);
  });

  it('handles an entry at once when it is added while the worker sleeps', async () => {
    const notes = new Notes();
    const { work } = await world().start(notes.handle);
    await world().clock.advance(100);

    await work.add({ n: 1 });
    await world().clock.settle();

    expect(notes.seen).toEqual([1]);
  });

  it('handles what another process adds', async () => {
    const notes = new Notes();
    await world().start(notes.handle);
    const other = await world().start();

    await other.work.add({ n: 1 });
    await world().clock.advance(2000);

    expect(notes.seen).toEqual([1]);
  });

  it('handles as many at a time as it may, and each entry once though two processes work', async () => {
    const notes = new Notes();
    const release = [1, 2, 3, 4, 5, 6].map((n) => notes.hold(n));
    const { work } = await world().start(notes.handle, { concurrency: 2 });
    const other = await world().start(notes.handle, { concurrency: 2 });
    await work.addMany([1, 2, 3, 4, 5, 6].map((n) => ({ payload: { n } })));

    await world().clock.advance(5000);
    const most = notes.most;
    for (const letGo of release) letGo();
    await world().clock.advance(5000);

    expect(most).toBe(4);
    expect(notes.most).toBe(4);
    expect(notes.seen.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await other.work.stats()).toMatchObject({ done: 6, active: 0 });
  });

  it('gives the handler its entry', async () => {
    const taken: unknown[] = [];
    const { work, queue } = await world().start(async ({ leaseLostSignal, ...entry }) => {
      taken.push({ ...entry, isAborted: leaseLostSignal.aborted });
    });

    await work.add({ n: 1 }, { key: 'a', group: 'g', maxAttempts: 1 });
    await queue.whenIdle();

    const now = world().clock.now();
    const expected = { payload: { n: 1 }, key: 'a', group: 'g', attempt: 1, isLastAttempt: true, recovered: false };
    expect(taken).toEqual([{ ...expected, addedAt: now, isAborted: false }]);
  });
}

export function describeRetrying(world: () => World): void {
  it('tries again with growing waits until the attempts are used up', async () => {
    const times: number[] = [];
    const start = world().clock.now();
    const { work } = await world().start(async () => {
      times.push(world().clock.now() - start);
      throw new Error('no luck');
    });

    await work.add({ n: 1 }, { key: 'a', maxAttempts: 4, backoff: { baseMs: 1000, maxMs: 3000, jitter: 0 } });
    await world().clock.advance(60_000);

    expect(times).toEqual([0, 1000, 3000, 6000]);
    expect(await work.get('a')).toMatchObject({ state: 'failed', attempts: 4, lastError: 'no luck' });
  });

  it.each(['throws', 'returns'])('retries later without counting when the handler %s so', async (how) => {
    const attempts: number[] = [];
    const { work } = await world().start(async ({ attempt }) => {
      attempts.push(attempt);
      if (attempts.length === 4) return undefined;
      const later = new RetryLater(5000, 'rate limited');
      if (how === 'throws') throw later;
      return later;
    });

    await work.add({ n: 1 }, { key: 'a', maxAttempts: 1 });
    await world().clock.advance(5000);
    const between = await work.get('a');
    await world().clock.advance(10_000);

    expect(between).toMatchObject({ state: 'delayed', attempts: 0, lastError: 'rate limited' });
    expect(attempts).toEqual([1, 1, 1, 1]);
    expect(await work.get('a')).toMatchObject({ state: 'done' });
  });

  it('fails an entry whose payload no longer fits, and goes on with the next', async () => {
    const first = await world().start();
    const old = first.queue.define('changing', z.object({ name: z.string() }));
    await old.add({ name: 'x' }, { key: 'old' });
    const second = await world().start();
    const changed = second.queue.define('changing', z.object({ count: z.number() }));
    const counts: number[] = [];
    await changed.add({ count: 7 });

    changed.work(async ({ payload }) => void counts.push(payload.count));
    await second.queue.whenIdle();

    const error = expect.stringContaining('count:');
    expect(await changed.get('old')).toMatchObject({ state: 'failed', attempts: 1, lastError: error });
    expect(counts).toEqual([7]);
  });
}
