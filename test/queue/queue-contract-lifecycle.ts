import { expect, it } from 'vitest';
import { RetryLater } from '../../src/queue/contract.ts';
import { Notes, type World } from './queue-world.ts';

export function describeRepeating(world: () => World): void {
  it('ticks at once and then at every interval', async () => {
    const notes = new Notes();
    const { work } = await world().start(notes.handle);

    const first = await work.repeat({ n: 1 }, { key: 'tick', everyMs: 15_000 });
    await world().clock.advance(46_000);

    expect(first).toBe('added');
    expect(notes.seen).toEqual([1, 1, 1, 1]);
  });

  it('never overlaps with itself, and skips the ticks it missed', async () => {
    const notes = new Notes();
    const release = notes.hold(1);
    const { work } = await world().start(notes.handle, { concurrency: 5 });
    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 10_000 });
    await world().clock.advance(95_000);
    const while95 = notes.seen.length;

    release();
    await world().clock.advance(4000);
    const at99 = notes.seen.length;
    await world().clock.advance(2000);

    expect([while95, at99, notes.seen.length]).toEqual([1, 1, 2]);
    expect(notes.most).toBe(1);
  });

  /** A process that repeated something has been gone for two hours. */
  async function beDown(): Promise<void> {
    const { work, queue } = await world().start(new Notes().handle);
    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 10_000 });
    await queue.whenIdle();
    await queue.stop();
    await world().clock.advance(7_200_000);
  }

  it('ticks once after a long downtime', async () => {
    await beDown();
    const notes = new Notes();
    const { work, queue } = await world().start(notes.handle);

    const again = await work.repeat({ n: 2 }, { key: 'tick', everyMs: 10_000 });
    await queue.whenIdle();

    expect(again).toBe('exists');
    // Its worker may have been faster than the new payload.
    expect(notes.seen).toHaveLength(1);
    expect((await work.get('tick'))?.runAt).toBeLessThanOrEqual(world().clock.now() + 10_000);
  });

  it('ticks with the payload that it was given after a downtime', async () => {
    await beDown();
    const notes = new Notes();
    const { work, queue } = await world().start();

    await work.repeat({ n: 2 }, { key: 'tick', everyMs: 10_000 });
    work.work(notes.handle);
    await queue.whenIdle();

    expect(notes.seen).toEqual([2]);
  });

  it('takes over a shorter interval at once', async () => {
    const notes = new Notes();
    const { work, queue } = await world().start(notes.handle);
    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 3_600_000 });
    await queue.whenIdle();

    await work.repeat({ n: 2 }, { key: 'tick', everyMs: 10_000 });
    await world().clock.advance(21_000);

    expect(notes.seen).toEqual([1, 2, 2]);
  });

  it('ticks on after a failure, and shows it', async () => {
    let ticks = 0;
    const { work } = await world().start(async () => {
      ticks += 1;
      throw new Error('API is down');
    });

    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 10_000 });
    await world().clock.advance(125_000);

    expect(ticks).toBe(13);
    expect(await work.get('tick')).toMatchObject({ state: 'delayed', attempts: 13, lastError: 'API is down' });
  });

  it('rests for as long as a tick asks', async () => {
    let ticks = 0;
    const { work } = await world().start(async () => {
      ticks += 1;
      if (ticks === 1) throw new RetryLater(60_000);
    });

    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 10_000 });
    await world().clock.advance(59_000);
    const before = ticks;
    await world().clock.advance(11_000);

    expect([before, ticks]).toEqual([1, 3]);
  });

  it('spreads its ticks over the jitter', async () => {
    const times: number[] = [];
    const start = world().clock.now();
    const { work } = await world().start(async () => void times.push(world().clock.now() - start));

    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 10_000, jitterMs: 2000 });
    await world().clock.advance(95_000);

    const late = times.map((time) => time % 10_000);
    expect(times.length).toBe(10);
    expect(Math.max(...late)).toBeLessThanOrEqual(2000);
    expect(new Set(late).size).toBeGreaterThan(2);
  });
}

export function describeStopping(world: () => World): void {
  it('waits for the running handler and takes nothing new', async () => {
    const notes = new Notes();
    const release = notes.hold(1);
    const { work, queue } = await world().start(notes.handle);
    await work.addMany([
      { payload: { n: 1 }, key: 'a' },
      { payload: { n: 2 }, key: 'b' },
    ]);
    await world().clock.settle();

    const stopping = queue.stop({ timeoutMs: 10_000 });
    await world().clock.advance(5000);
    release();
    const stopped = await stopping;

    const other = await world().start();
    expect(stopped).toEqual({ unfinished: 0 });
    expect(notes.seen).toEqual([1]);
    expect([(await other.work.get('a'))?.state, (await other.work.get('b'))?.state]).toEqual(['done', 'waiting']);
  });

  it('goes when the time is up, signals the handler, and leaves its entry to be recovered', async () => {
    const signals: AbortSignal[] = [];
    const { work, queue } = await world().start(async ({ leaseLostSignal }) => {
      signals.push(leaseLostSignal);
      await new Promise(() => undefined);
    });
    await work.add({ n: 1 }, { key: 'a' });
    await world().clock.settle();

    const stopping = queue.stop({ timeoutMs: 3000 });
    await world().clock.advance(3000);
    const stopped = await stopping;
    const recovered: boolean[] = [];
    await world().start(async (entry) => void recovered.push(entry.recovered));
    await world().clock.advance(31_000);

    expect(stopped).toEqual({ unfinished: 1 });
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    expect(recovered).toEqual([true]);
  });

  it('refuses to add when it has stopped', async () => {
    const { work, queue } = await world().start();
    await queue.stop();

    const adding = work.add({ n: 1 });

    await expect(adding).rejects.toMatchObject({ code: 'queue-stopped' });
  });
}
