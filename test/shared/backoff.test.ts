import { describe, expect, it } from 'vitest';
import { toBackoffMs } from '../../src/shared/backoff.ts';

describe('toBackoffMs', () => {
  it('doubles with each failure up to the most', () => {
    const waits = [1, 2, 3, 7, 1_000].map((failures) => toBackoffMs({ firstMs: 1_000, maxMs: 60_000 }, failures));

    expect(waits).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
  });

  it('waits for nothing without a failure, nor with a first pause of 0', () => {
    expect(toBackoffMs({ firstMs: 1_000, maxMs: 60_000 }, 0)).toBe(0);
    expect(toBackoffMs({ firstMs: 0, maxMs: 60_000 }, 5_000)).toBe(0);
  });

  it('never exceeds the most, also where the first pause does', () => {
    expect(toBackoffMs({ firstMs: 5_000, maxMs: 1_000 }, 1)).toBe(1_000);
  });

  it('shortens by up to the given part at random, also at the most', () => {
    const backoff = { firstMs: 1_000, maxMs: 4_000, jitter: 0.5 };

    expect([0, 0.5, 0.9].map((random) => toBackoffMs(backoff, 1, random))).toEqual([1_000, 750, 550]);
    expect(toBackoffMs(backoff, 9, 0.9)).toBe(2_200);
  });
});
