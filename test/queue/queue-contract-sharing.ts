import { expect, it } from 'vitest';
import { GiveUp } from '../../src/queue/contract.ts';
import { Notes, plain, type World } from './queue-world.ts';

export function describeGroups(world: () => World): void {
  it('handles a group in order, one at a time, and other groups beside it', async () => {
    const notes = new Notes();
    const release = notes.hold(1);
    const { work, queue } = await world().start(notes.handle, { concurrency: 10 });
    await work.addMany([1, 2, 3].map((n) => ({ payload: { n }, group: 'a' })));
    await work.addMany([11, 12].map((n) => ({ payload: { n }, group: 'b' })));

    await world().clock.settle();
    const before = [...notes.seen];
    release();
    await queue.whenIdle();

    expect(before).toEqual([1, 11, 12]);
    expect(notes.seen).toEqual([1, 11, 12, 2, 3]);
  });

  it('holds a group while its head waits for a retry', async () => {
    const seen: number[] = [];
    const { work } = await world().start(
      async ({ payload, attempt }) => {
        seen.push(payload.n);
        if (payload.n === 1 && attempt === 1) throw new Error('once');
      },
      { concurrency: 3 },
    );

    await work.addMany([1, 2].map((n) => ({ payload: { n }, group: 'a', ...plain })));
    await world().clock.advance(999);
    const before = [...seen];
    await world().clock.advance(1);

    expect(before).toEqual([1]);
    expect(seen).toEqual([1, 1, 2]);
  });

  it('goes on with a group when its head fails for good or is cancelled', async () => {
    const seen: number[] = [];
    const { work, queue } = await world().start(async ({ payload }) => {
      seen.push(payload.n);
      if (payload.n === 1) throw new GiveUp('broken');
    });
    await work.addMany([
      { payload: { n: 1 }, group: 'a' },
      { payload: { n: 2 }, group: 'a', key: 'two', delayMs: 60_000 },
      { payload: { n: 3 }, group: 'a' },
    ]);
    await queue.whenIdle();
    const before = [...seen];

    await work.cancel('two');
    await queue.whenIdle();

    expect(before).toEqual([1]);
    expect(seen).toEqual([1, 3]);
  });

  it('keeps the order of a group over two processes', async () => {
    const notes = new Notes();
    const { work } = await world().start(notes.handle, { concurrency: 5 });
    await world().start(notes.handle, { concurrency: 5 });

    for (let n = 1; n <= 30; n += 1) await work.add({ n }, { group: 'a' });
    await world().clock.advance(40_000);

    expect(notes.most).toBe(1);
    expect(notes.seen).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });
}

export function describeLeases(world: () => World): void {
  it('takes over what a killed process was handling, once its lease has run out', async () => {
    const notes = new Notes();
    notes.hold(1);
    const first = await world().start(notes.handle, { leaseMs: 30_000 });
    await first.work.add({ n: 1 }, { key: 'a' });
    await world().clock.settle();
    first.freeze();
    const recovered: boolean[] = [];
    const second = await world().start(async (entry) => void recovered.push(entry.recovered));

    await world().clock.advance(29_000);
    const before = [...recovered];
    await world().clock.advance(2000);

    expect(before).toEqual([]);
    expect(recovered).toEqual([true]);
    expect(await second.work.get('a')).toMatchObject({ state: 'done', recoveries: 1, attempts: 0 });
  });

  it('leaves a long run alone while its process lives, also when nothing ran for a while before', async () => {
    const notes = new Notes();
    const release = notes.hold(2);
    const first = await world().start(notes.handle, { leaseMs: 30_000 });
    await first.work.add({ n: 1 });
    await world().clock.advance(120_000);
    await first.work.add({ n: 2 }, { key: 'a' });
    await world().clock.settle();
    await world().start(notes.handle, { leaseMs: 30_000 });

    await world().clock.advance(600_000);
    release();
    await world().clock.advance(1000);

    expect(notes.seen).toEqual([1, 2]);
    expect(await first.work.get('a')).toMatchObject({ state: 'done', recoveries: 0 });
  });

  it('tells a handler that its lease is lost and drops what it came to', async () => {
    const gate = Promise.withResolvers<void>();
    const signals: AbortSignal[] = [];
    const slow = await world().start(
      async ({ leaseLostSignal }) => {
        signals.push(leaseLostSignal);
        await gate.promise;
        throw new GiveUp('too late to count');
      },
      { leaseMs: 90_000 },
    );
    await slow.work.add({ n: 1 }, { key: 'a' });
    await world().clock.settle();
    slow.freeze();
    await world().clock.advance(91_000);
    const quick = await world().start(async () => undefined);
    await quick.queue.whenIdle();

    slow.thaw();
    await world().clock.advance(30_000);
    gate.resolve();
    await world().clock.settle();

    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    expect(await quick.work.get('a')).toMatchObject({ state: 'done', recoveries: 1 });
  });
}
