import { describe, expect, it } from 'vitest';
import { toCheckLine } from '../../src/health/check.ts';
import { checkGateway, checkList, checkQueue, checkStore } from '../../src/health/readiness-checks.ts';

const LIST = { account: 'studio', board: 'v3', everyMs: 15_000 };

describe('the checks of readiness', () => {
  it('say ok, and nothing to do, where all is well', () => {
    const checks = [
      checkGateway({ shards: 2, connected: 2 }),
      checkStore({ isAnswered: true }),
      checkQueue({ isAnswered: true, oldestDueMs: 900 }),
      checkList({ ...LIST, ageMs: 60_000 }),
    ];

    expect(checks.map(toCheckLine)).toEqual(['gateway: ok', 'store: ok', 'queue: ok', 'list studio v3: ok']);
    expect(checks.every(({ ok, todo }) => ok && todo === undefined)).toBe(true);
  });

  it.each([
    [checkGateway({ shards: 0, connected: 0 }), 'gateway: It is not connected yet.'],
    [checkGateway({ shards: 3, connected: 2 }), 'gateway: 2 of 3 connections to Discord are there.'],
    [checkStore({ isAnswered: false, problem: 'store-full' }), 'store: It takes no writes (store-full).'],
    [checkQueue({ isAnswered: false, problem: 'no answer' }), 'queue: It cannot be read (no answer).'],
    [checkQueue({ isAnswered: true, oldestDueMs: 31_000 }), 'queue: The next look at the API has been due for 31 s.'],
    [checkList(LIST), 'list studio v3: It was not read yet.'],
    [checkList({ ...LIST, ageMs: 300_000 }), 'list studio v3: It was read 5 min ago, and should be every 15 s.'],
  ])('says what is wrong, and what to do: %j', (check, line) => {
    expect(check.ok).toBe(false);
    expect(toCheckLine(check).startsWith(line)).toBe(true);
    expect(check.todo).toMatch(/^[A-Z].+\.$/);
  });
});
