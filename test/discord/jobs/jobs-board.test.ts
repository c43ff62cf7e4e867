import { describe, expect, it } from 'vitest';
import { toJobsBoard } from '../../../src/discord/jobs/jobs-board.ts';
import type { RunningBoard } from '../../../src/jobs/running-board.ts';
import { aJob } from '../../builders.ts';

const NOTHING: RunningBoard = {
  channels: [],
  jobs: [],
  page: 0,
  pageCount: 1,
  total: 0,
  hiddenCount: 0,
  lookedAt: 1_000,
  problems: [],
};
const problems = [{ version: 'v3', sentence: 'The API is down.' }] as const;

const textOf = (board: Partial<RunningBoard>) => JSON.stringify(toJobsBoard({ ...NOTHING, ...board }, {}).components);

describe('toJobsBoard', () => {
  it('says that nothing runs only of the versions whose lists are there', () => {
    expect(textOf({})).toContain('Nothing is running.');
    expect(textOf({ problems })).toContain('v2: nothing is running; the list of v3 cannot be had right now.');
    expect(textOf({ problems })).not.toContain('Nothing is running.');
  });

  it('counts what it has although a list is missing', () => {
    expect(textOf({ problems, total: 1, jobs: [aJob()] })).toContain('1 running job');
  });
});
