import { expect, it } from 'vitest';
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

  it('holds a group while its head is not due yet', async () => {
    const notes = new Notes();
    const { work } = await world().start(notes.handle, { concurrency: 3 });
    await work.addMany([
      { payload: { n: 1 }, group: 'a', delayMs: 5000 },
      { payload: { n: 2 }, group: 'a' },
    ]);
    await work.add({ n: 3 }, { group: 'a' });

    await world().clock.advance(4999);
    const before = { seen: [...notes.seen], stats: await work.stats() };
    await world().clock.advance(1);

    expect(before).toMatchObject({ seen: [], stats: { delayed: 1, waiting: 2 } });
    expect(notes.seen).toEqual([1, 2, 3]);
  });

  it('keeps the order in which entries were added, though nobody waited for it', async () => {
    const notes = new Notes();
    const { work, queue } = await world().start();
    const numbers = Array.from({ length: 50 }, (_, n) => n);

    await Promise.all(numbers.map((n) => work.add({ n }, { group: 'a' })));
    work.work(notes.handle, { concurrency: 5 });
    await queue.whenIdle();

    expect(notes.seen).toEqual(numbers);
  });

  it('goes on with a group when its head fails for good', async () => {
    const seen: number[] = [];
    const { work, queue } = await world().start(async ({ payload }) => {
      seen.push(payload.n);
      if (payload.n === 1) throw new Error('broken');
    });
    await work.addMany([
      { payload: { n: 1 }, group: 'a', maxAttempts: 1 },
      { payload: { n: 2 }, group: 'a' },
    ]);
    await queue.whenIdle();

    expect(seen).toEqual([1, 2]);
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

  it('forgets runs that vanished once one comes to an outcome: those of a tick add up over years', async () => {
    const notes = new Notes();
    notes.hold(1);
    const first = await world().start(notes.handle, { leaseMs: 30_000 });
    await first.work.repeat({ n: 1 }, { key: 'a', everyMs: 60_000 });
    await world().clock.settle();
    first.freeze();
    const recovered: boolean[] = [];
    const second = await world().start(async (entry) => void recovered.push(entry.recovered));

    await world().clock.advance(32_000);
    const after = await second.work.get('a');
    await world().clock.advance(60_000);

    expect(recovered).toEqual([true, false]);
    expect([after?.recoveries, (await second.work.get('a'))?.recoveries]).toEqual([0, 0]);
  });

  it('lets what was killed five times in a row wait, still counts that then, and handles it', async () => {
    const stuck = new Notes();
    stuck.hold(1);
    for (let life = 1; life <= 5; life += 1) {
      const { work, freeze } = await world().start(stuck.handle, { leaseMs: 10_000 });
      await work.add({ n: 1 }, { key: 'a' });
      await world().clock.advance(500);
      freeze();
      await world().clock.advance(11_000);
    }
    const notes = new Notes();
    const last = await world().start(notes.handle);

    await world().clock.advance(5_000);
    const [seen, waiting] = [[...notes.seen], await last.work.get('a')];
    await world().clock.advance(10_000);

    expect([stuck.seen, seen, notes.seen]).toEqual([[1, 1, 1, 1, 1], [], [1]]);
    expect(waiting).toMatchObject({ state: 'delayed', recoveries: 5, attempts: 0 });
    expect(await last.work.get('a')).toMatchObject({ state: 'done', recoveries: 5 });
  });

  it('takes it over once though two processes wait for that', async () => {
    const notes = new Notes();
    notes.hold(1);
    const first = await world().start(notes.handle, { leaseMs: 30_000 });
    await first.work.add({ n: 1 });
    await world().clock.settle();
    first.freeze();
    const recovered: boolean[] = [];
    const note = async (entry: { readonly recovered: boolean }) => void recovered.push(entry.recovered);
    await world().start(note);
    await world().clock.advance(500);
    await world().start(note);

    await world().clock.advance(35_000);

    expect(recovered).toEqual([true]);
  });

  it('leases for as long as the worker says, also what was added before it began', async () => {
    const stuck = new Notes();
    stuck.hold(1);
    const first = await world().start();
    await first.work.add({ n: 1 });
    first.work.work(stuck.handle, { leaseMs: 60_000 });
    await world().clock.settle();
    first.freeze();
    const notes = new Notes();
    await world().start(notes.handle, { leaseMs: 10_000 });

    await world().clock.advance(59_000);
    const before = [...notes.seen];
    await world().clock.advance(2000);

    expect([stuck.seen, before, notes.seen]).toEqual([[1], [], [1]]);
  });

  it('leaves a long run alone while its process lives, also when nothing ran for a while before', async () => {
    const notes = new Notes();
    const release = notes.hold(2);
    const first = await world().start(notes.handle, { leaseMs: 30_000 });
    await first.work.add({ n: 1 });
    await world().clock.advance(60_000);
    await first.work.add({ n: 2 }, { key: 'a' });
    await world().clock.settle();
    await world().start(notes.handle, { leaseMs: 30_000 });

    await world().clock.advance(150_000);
    release();
    await world().clock.advance(1000);

    expect(notes.seen).toEqual([1, 2]);
    expect(await first.work.get('a')).toMatchObject({ state: 'done', recoveries: 0 });
  });

  it('signals a handler that its lease is lost and drops what it came to', async () => {
    const gate = Promise.withResolvers<void>();
    const signals: AbortSignal[] = [];
    const slow = await world().start(
      async ({ leaseLostSignal }) => {
        signals.push(leaseLostSignal);
        await gate.promise;
        throw new Error('too late to count');
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

  it.each(['done', 'failed'])('drops that a run which lost its lease is %s while the next one goes on', async (end) => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const start = (at: number) =>
      world().start(
        async () => {
          await gates[at]?.promise;
          if (at === 0 && end === 'failed') throw new Error('too late to count');
        },
        { leaseMs: 30_000 },
      );
    const slow = await start(0);
    await slow.work.add({ n: 1 }, { key: 'a', maxAttempts: 1 });
    await world().clock.settle();
    slow.freeze();
    await world().clock.advance(29_000);
    const quick = await start(1);
    await world().clock.advance(2000);

    slow.thaw();
    gates[0]?.resolve();
    await world().clock.settle();
    const during = await quick.work.get('a');
    gates[1]?.resolve();
    await world().clock.settle();

    expect(during).toMatchObject({ state: 'active', attempts: 0 });
    expect(await quick.work.get('a')).toMatchObject({ state: 'done', recoveries: 1 });
  });
}
