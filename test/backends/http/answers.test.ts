import { describe, expect, it } from 'vitest';
import { toStatusError } from '../../../src/backends/http/answers.ts';

const toError = (status: number, isWrite: boolean) =>
  toStatusError({ status, headers: {}, text: '' }, { endpoint: 'POST /v3/midjourney/jobs/imagine', isWrite, nowMs: 0 });

describe('toStatusError', () => {
  it.each([408, 500, 502, 503, 504, 596, 599])('says that a write answered with %i may have been done', (status) => {
    expect(toError(status, true).mayHaveWritten).toBe(true);
  });

  it.each([301, 400, 401, 402, 404, 409, 410, 422, 429])('says that %i refused a write', (status) => {
    expect(toError(status, true).mayHaveWritten).toBe(false);
  });

  it.each([408, 500, 504, 596])('never says of a read answered with %i that it did anything', (status) => {
    expect(toError(status, false).mayHaveWritten).toBe(false);
  });
});
