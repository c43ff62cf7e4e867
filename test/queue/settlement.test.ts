import { describe, expect, it } from 'vitest';
import { settle, toNextTick } from '../../src/queue/settlement.ts';

const backoff = { baseMs: 1000, maxMs: 60_000, jitter: 0.5 };
const entry = { attempts: 0, maxAttempts: 3, backoff };
const tick = { everyMs: 10_000, jitterMs: 0, baseAt: 100_000 };

describe('toNextTick', () => {
  it.each([
    [100_500, 110_000],
    [110_000, 120_000],
    [155_000, 160_000],
    [40_000, 50_000],
  ])('after %i comes %i', (now, expected) => {
    expect(toNextTick(tick, now, 0)).toEqual({ baseAt: expected, runAt: expected });
  });

  it('adds the jitter to the time but not to the grid', () => {
    expect(toNextTick({ ...tick, jitterMs: 4000 }, 100_500, 0.5)).toEqual({ baseAt: 110_000, runAt: 112_000 });
  });
});

describe('settle', () => {
  it('fails at the last attempt, not before', () => {
    const states = [0, 1, 2].map(
      (attempts) => settle({ ...entry, attempts }, { kind: 'retry', error: 'x' }, 0, 0).state,
    );

    expect(states).toEqual(['waiting', 'waiting', 'failed']);
  });

  it('waits longer after each failure, less the jitter', () => {
    const retried = (attempts: number, random: number) =>
      settle({ ...entry, attempts, maxAttempts: 2_000 }, { kind: 'retry', error: 'x' }, 5_000, random);

    expect(retried(0, 0)).toMatchObject({ runAt: 6_000 });
    expect(retried(0, 0.9)).toMatchObject({ runAt: 5_550 });
    expect(retried(999, 0)).toMatchObject({ runAt: 65_000 });
  });

  it('ends even a repetition whose payload does not fit', () => {
    expect(settle({ ...entry, tick }, { kind: 'invalid', error: 'x' }, 0, 0)).toMatchObject({ state: 'failed' });
  });

  it('counts failed ticks in a row and forgets them after a good one', () => {
    const failed = settle({ ...entry, attempts: 5, tick }, { kind: 'retry', error: 'x' }, 100_000, 0);
    const good = settle({ ...entry, attempts: 5, tick }, { kind: 'done' }, 100_000, 0);

    expect(failed).toMatchObject({ state: 'waiting', attempts: 6, lastError: 'x' });
    expect(good).toEqual({ state: 'waiting', attempts: 0, runAt: 110_000, tickBaseAt: 110_000 });
  });
});
