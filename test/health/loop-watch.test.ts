import { describe, expect, it } from 'vitest';
import { LoopWatch } from '../../src/health/loop-watch.ts';
import { FakeClock } from '../fake-clock.ts';

describe('LoopWatch', () => {
  it('remembers a long pause for a while, and no short one', async () => {
    const clock = new FakeClock();
    const loop = new LoopWatch(clock);
    await clock.advance(9_000);
    loop.beat();
    expect(loop.recentBlock()).toBeUndefined();

    await clock.advance(12_000);
    loop.beat();
    await clock.advance(4_000);
    expect(loop.recentBlock()).toEqual({ ms: 12_000, agoMs: 4_000 });

    await clock.advance(5_000);
    loop.beat();
    await clock.advance(6_000);
    expect(loop.recentBlock()).toBeUndefined();
  });

  it('sees a pause that has just ended also before the next beat', async () => {
    const clock = new FakeClock();
    const loop = new LoopWatch(clock);
    await clock.advance(30_000);

    expect(loop.recentBlock()).toEqual({ ms: 30_000, agoMs: 0 });
  });
});
