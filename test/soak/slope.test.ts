import { describe, expect, it } from 'vitest';
import { toSlope } from './slope.ts';

describe('toSlope', () => {
  it('finds how a line rises through what wobbles around it', () => {
    const points = [0, 1, 2, 3, 4, 5].map((x) => ({ x, y: 100 + 2 * x + (x % 2 === 0 ? 1 : -1) }));

    expect(toSlope(points)).toBeCloseTo(2, 0);
  });

  it('is 0 for what stays the same, and for less than two points', () => {
    expect(toSlope([3, 4, 5].map((x) => ({ x, y: 7 })))).toBe(0);
    expect(toSlope([{ x: 1, y: 1 }])).toBe(0);
  });
});
