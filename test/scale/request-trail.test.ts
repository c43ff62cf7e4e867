import { describe, expect, it } from 'vitest';
import { findOverlaps } from './request-trail.ts';

const toTrail = (...lives: readonly string[]) => lives.map((by, at) => ({ by, at, line: 'GET /v3/midjourney/jobs' }));

describe('what several processes asked', () => {
  it('is one after the other where each begins when the last one has ended', () => {
    expect(findOverlaps(toTrail('0.1', '0.1', '1.1', '1.1', '0.2'))).toEqual([]);
  });

  it('names a process that acts again after the next one has begun', () => {
    expect(findOverlaps(toTrail('0.1', '1.1', '0.1', '1.1'))).toEqual([
      '0.1 after 1.1, by 1 ms: GET /v3/midjourney/jobs',
      '1.1 after 0.1, by 1 ms: GET /v3/midjourney/jobs',
    ]);
  });
});
