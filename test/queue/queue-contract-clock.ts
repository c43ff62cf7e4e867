import { expect, it } from 'vitest';
import { RetryLater } from '../../src/queue/contract.ts';
import { Notes, plain, type World } from './queue-world.ts';

const HOURS_2 = 7_200_000;

export function describeSteps(world: () => World): void {
  it('goes on ticking', async () => {
    const notes = new Notes();
    const { work } = await world().start(notes.handle);
    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 15_000 });
    await world().clock.advance(1_000);

    world().clock.step(-HOURS_2);
    await world().clock.advance(45_000);

    expect(notes.seen.length).toBeGreaterThanOrEqual(4);
    expect(notes.seen.length).toBeLessThanOrEqual(5);
  });

  it('makes nothing wait longer than it was asked to, a retry nor what is not due yet', async () => {
    const notes = new Notes();
    let tries = 0;
    const { work } = await world().start(async (entry) => {
      await notes.handle(entry);
      tries += entry.payload.n === 1 ? 1 : 0;
      if (entry.payload.n === 1 && tries === 1) throw new Error('not now');
      return entry.payload.n === 2 && notes.seen.filter((n) => n === 2).length === 1
        ? new RetryLater(20_000)
        : undefined;
    });
    await work.add({ n: 1 }, plain);
    await work.add({ n: 2 });
    await work.add({ n: 3 }, { delayMs: 20_000 });
    await world().clock.settle();

    world().clock.step(-HOURS_2);
    await world().clock.advance(21_000);

    expect(notes.seen.toSorted()).toEqual([1, 1, 2, 2, 3]);
  });

  it('goes on after a start with what was added by a clock that was ahead, in its groups too', async () => {
    world().clock.step(HOURS_2);
    const before = await world().start(undefined);
    const group = { group: 'g', delayMs: 60_000 };
    await before.work.addMany([
      { payload: { n: 1 }, ...group },
      { payload: { n: 2 }, ...group },
    ]);
    await before.queue.stop();
    world().clock.step(-HOURS_2);
    const notes = new Notes();

    await world().start(notes.handle);
    await world().clock.advance(60_000);

    expect(notes.seen).toEqual([1, 2]);
  });

  it('takes over from a process that died while the clock was ahead, once its lease has run out', async () => {
    world().clock.step(HOURS_2);
    const stuck = new Notes();
    stuck.hold(1);
    const dead = await world().start(stuck.handle, { leaseMs: 10_000 });
    await dead.work.add({ n: 1 });
    await world().clock.settle();
    dead.freeze();
    world().clock.step(-HOURS_2);
    const notes = new Notes();

    await world().start(notes.handle, { leaseMs: 10_000 });
    await world().clock.advance(12_000);

    expect([stuck.seen, notes.seen]).toEqual([[1], [1]]);
  });

  it('leaves a run to the process that handles it', async () => {
    const notes = new Notes();
    const release = notes.hold(1);
    const { work } = await world().start(notes.handle, { leaseMs: 10_000, concurrency: 2 });
    await work.add({ n: 1 });
    await world().clock.settle();

    world().clock.step(-HOURS_2);
    await world().clock.advance(30_000);
    world().clock.step(HOURS_2);
    await world().clock.advance(30_000);
    release();
    await world().clock.settle();

    expect([notes.seen, (await work.stats()).active]).toEqual([[1], 0]);
  });

  it('keeps a key taken for no longer than it was asked to', async () => {
    const { work } = await world().start(new Notes().handle);
    await work.add({ n: 1 }, { key: 'k', keepKeyMs: 60_000 });
    await world().clock.advance(1_000);

    world().clock.step(-HOURS_2);
    await world().clock.advance(5_000);
    const early = await work.add({ n: 2 }, { key: 'k' });
    await world().clock.advance(60_000);
    const late = await work.add({ n: 3 }, { key: 'k' });

    expect([early, late]).toEqual(['exists', 'added']);
  });
}
