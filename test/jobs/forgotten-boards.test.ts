import { describe, expect, it } from 'vitest';
import { ApiHealth } from '../../src/jobs/api-health.ts';
import { HintedBoards } from '../../src/jobs/hints/hinted-boards.ts';
import { AttemptLimit } from '../../src/jobs/own-accounts/attempt-limit.ts';
import { EchoedReferences } from '../../src/jobs/submissions/echoed-references.ts';
import { FakeClock } from '../fake-clock.ts';

const GONE = 'own-1-a/v3';
const HOUR_MS = 3_600_000;
const isGone = (board: string) => board === GONE;

describe('what is remembered of an account that is gone', () => {
  it('is neither its outage nor the age of its list', () => {
    const clock = new FakeClock();
    const health = new ApiHealth({ pollIntervalMs: 1_000 });
    for (const board of [GONE, 'v3']) {
      health.noteSuccess(board, clock);
      health.noteFailure(board, clock, 'It does not answer.');
    }

    health.forget(isGone);

    expect(health.outages().map(({ board }) => board)).toEqual(['v3']);
    expect([GONE, 'v3'].map((board) => health.listAgeMs(board, clock))).toEqual([undefined, 0]);
  });

  it('is not that it called back', () => {
    const hinted = new HintedBoards(new FakeClock());
    for (const board of [GONE, 'v3']) hinted.note(board);

    hinted.forgetAll(isGone);

    expect([hinted.isHinted('v3'), hinted.size]).toEqual([true, 1]);
  });

  it('is not that it writes references', () => {
    const echoed = new EchoedReferences();
    for (const board of [GONE, 'v3']) echoed.note({ board });

    echoed.forget(isGone);

    expect(echoed.size).toBe(1);
  });
});

it('forgets the attempts of servers that have made none for an hour', async () => {
  const clock = new FakeClock();
  const limit = new AttemptLimit(clock);
  for (let n = 0; n < 100; n += 1) limit.take(`g${n}`);

  await clock.advance(HOUR_MS);
  limit.take('last');

  expect(limit.size).toBe(1);
});
