import { describe, expect, it } from 'vitest';
import { toStatusError } from '../../../src/backends/useapi/answers.ts';

const toError = (status: number, isAct: boolean) =>
  toStatusError(
    { status, headers: {}, text: '' },
    { endpoint: 'POST /v3/midjourney/jobs/imagine', version: 'v3', isAct, nowMs: 0 },
  );

describe('toStatusError', () => {
  it.each([408, 500, 502, 503, 504, 596, 599])('says that an act answered with %i may have been done', (status) => {
    expect(toError(status, true).mayHaveActed).toBe(true);
  });

  it.each([301, 400, 401, 402, 404, 409, 410, 422, 429])('says that %i refused an act', (status) => {
    expect(toError(status, true).mayHaveActed).toBe(false);
  });

  it.each([408, 500, 504, 596])('never says of a read answered with %i that it did anything', (status) => {
    expect(toError(status, false).mayHaveActed).toBe(false);
  });
});
