import { expect, it } from 'vitest';
import { RetryLater } from '../../src/queue/contract.ts';
import { Notes, type World } from './queue-world.ts';

function entriesOf(tenant: string, numbers: readonly number[]) {
  return numbers.map((n) => ({ payload: { n }, tenant }));
}

function upTo(count: number, from = 1): readonly number[] {
  return Array.from({ length: count }, (_, at) => from + at);
}

export function describeTenants(world: () => World): void {
  it('leaves slots to others, however much of one tenant waits', async () => {
    const notes = new Notes();
    for (const n of upTo(20)) notes.hold(n);
    const { work } = await world().start(notes.handle, { concurrency: 8 });
    await work.addMany(entriesOf('busy', upTo(20)));
    await world().clock.settle();
    const before = [...notes.seen];

    await work.addMany(entriesOf('quiet', [100]));
    await world().clock.settle();

    expect(before).toEqual([1, 2, 3, 4]);
    expect(notes.seen).toEqual([1, 2, 3, 4, 100]);
  });

  it('leaves slots to others in groups too, though those of one tenant were due before', async () => {
    const notes = new Notes();
    for (const n of upTo(20)) notes.hold(n);
    const { work } = await world().start(notes.handle, { concurrency: 8 });
    const busy = entriesOf('busy', upTo(20)).map((entry) => ({ ...entry, group: `busy-${entry.payload.n}` }));
    await work.addMany(busy);
    await world().clock.settle();

    await work.addMany(entriesOf('quiet', [100, 101]).map((entry) => ({ ...entry, group: 'quiet' })));
    await world().clock.settle();

    expect(notes.seen).toEqual([1, 2, 3, 4, 100, 101]);
  });

  it('gives each tenant a turn before one has its next', async () => {
    const notes = new Notes();
    const { work, queue } = await world().start();
    await work.addMany(entriesOf('a', [1, 2, 3, 4]));
    await work.addMany(entriesOf('b', [11, 12]));
    await work.addMany(entriesOf('c', [21, 22]));

    work.work(notes.handle, { concurrency: 1 });
    await queue.whenIdle();

    expect(notes.seen).toEqual([1, 11, 21, 2, 12, 22, 3, 4]);
  });

  it('goes on with a tenant as its runs end, until nothing of it waits', async () => {
    const notes = new Notes();
    const { work, queue } = await world().start(notes.handle, { concurrency: 4 });

    await work.addMany(entriesOf('busy', upTo(50)));
    await queue.whenIdle();

    expect(notes.seen).toEqual(upTo(50));
    expect(notes.most).toBe(2);
  });

  it('gives what is nobody’s every slot', async () => {
    const notes = new Notes();
    for (const n of upTo(8)) notes.hold(n);
    const { work } = await world().start(notes.handle, { concurrency: 4 });
    await work.addMany(upTo(8).map((n) => ({ payload: { n } })));

    await world().clock.settle();

    expect(notes.seen).toEqual([1, 2, 3, 4]);
  });

  it('keeps whose an entry is when it is tried again', async () => {
    const seen: number[] = [];
    const gate = Promise.withResolvers<void>();
    const { work } = await world().start(
      async ({ payload, addedAt }) => {
        seen.push(payload.n);
        if (payload.n <= 4 && world().clock.now() - addedAt < 1000) return new RetryLater(1000);
        await gate.promise;
        return undefined;
      },
      { concurrency: 4 },
    );
    await work.addMany(entriesOf('busy', upTo(4)));
    await world().clock.advance(1000);
    await work.addMany(entriesOf('quiet', [100]));
    await world().clock.advance(2000);

    expect(seen.slice(4).sort((a, b) => a - b)).toEqual([1, 2, 100]);
    gate.resolve();
    await world().clock.settle();
  });
}
