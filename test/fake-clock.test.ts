import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';

describe('the fake clock', () => {
  it('wakes sleepers in the order of their times, at their times', async () => {
    const clock = new FakeClock(1_000);
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };

    void sleep('late', 300);
    void sleep('early', 100);
    void sleep('twin', 300);
    await clock.advance(299);
    const before = woken.length;
    await clock.advance(1);

    expect(before).toBe(1);
    expect(woken).toEqual([
      ['early', 1_100],
      ['late', 1_300],
      ['twin', 1_300],
    ]);
  });

  it('runs a loop that sleeps as often as the time allows', async () => {
    const clock = new FakeClock();
    let turns = 0;
    const loop = async () => {
      for (;;) {
        await clock.sleep(10);
        turns += 1;
      }
    };

    void loop();
    await clock.advance(95);

    expect(turns).toBe(9);
  });

  it('rejects with the reason of an aborted signal, and forgets the sleeper', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();

    const slept = clock.sleep(100, controller.signal).catch((error: unknown) => error);
    controller.abort('enough');

    expect(await slept).toBe('enough');
    expect(clock.sleeping).toEqual([]);
  });

  it('resolves when enough are asleep', async () => {
    const clock = new FakeClock();
    let isNotified = false;

    const waiting = clock.untilSleeping(2).then(() => {
      isNotified = true;
    });
    void clock.sleep(5);
    await clock.advance(0);
    const early = isNotified;
    void clock.sleep(7);
    await waiting;

    expect(early).toBe(false);
    expect(clock.sleeping).toEqual([5, 7]);
  });

  it('gives whole milliseconds, so that what is due is never a hair away for ever', async () => {
    const clock = new FakeClock(1_000);
    void clock.sleep(10_000 / 3);
    const seen: number[] = [];
    void clock.sleep(3_333.2).then(() => seen.push(clock.now()));

    await clock.advance(5_000);

    expect(seen).toEqual([4_334]);
  });
});
