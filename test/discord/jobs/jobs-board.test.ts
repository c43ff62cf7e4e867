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
  isPartial: false,
  listed: ['v2'],
};
const problems = [{ board: 'v3', sentence: 'The API is down.' }] as const;

const textOf = (board: Partial<RunningBoard>) => JSON.stringify(toJobsBoard({ ...NOTHING, ...board }, {}).components);

describe('toJobsBoard', () => {
  it('says that nothing runs only of the boards whose lists are there', () => {
    expect(textOf({})).toContain('Nothing is running.');
    expect(textOf({ problems })).toContain('Nothing is running on v2. I can’t get the list of v3 right now.');
    expect(textOf({ problems })).not.toContain('Nothing is running.');
  });

  it('says which accounts list only what was started here, where the server has several', () => {
    expect(textOf({ isPartial: true })).toContain('This server doesn’t list jobs that were started elsewhere.');
    expect(textOf({ isPartial: true, partialAccounts: ['Studio'] })).toContain('-# Studio doesn’t list jobs');
    expect(textOf({ isPartial: true, partialAccounts: ['Studio', 'lab'] })).toContain('-# Studio, lab don’t list jobs');
  });

  it('shows a status as it is that is spelt like something of JavaScript', () => {
    const jobs = [aJob({ status: 'valueOf' })];

    expect(textOf({ total: 1, jobs })).toContain('**valueOf**');
  });

  it('counts what it has although a list is missing', () => {
    expect(textOf({ problems, total: 1, jobs: [aJob()] })).toContain('1 running job');
  });

  it('heads the list with how many slots are busy, where every channel says how many it has', () => {
    const channel = { board: 'v3', total: 2, maxJobs: 3 };
    const channels = [
      { ...channel, apiChannel: 'a' },
      { ...channel, apiChannel: 'b', total: 1 },
    ];

    expect(textOf({ channels, total: 3, jobs: [aJob()] })).toContain('### 3 of 6 slots busy · 3 running jobs');
    expect(textOf({ channels: [...channels, { apiChannel: 'c', board: 'v2', total: 1 }], total: 3 })).not.toContain(
      'slots',
    );
  });

  it('names who asked, the status, the progress, and who is in line', () => {
    const jobs = [aJob({ status: 'progress', progressPercent: 41.6, requestedBy: '77' })];
    const waiting = Array.from({ length: 12 }, (_, at) => ({ userId: `9${at}`, position: at + 1 }));
    const { components } = toJobsBoard({ ...NOTHING, total: 1, jobs }, {}, { waiting });

    expect(JSON.stringify(components)).toContain('**In progress** 42% · <@77>');
    expect(JSON.stringify(components)).toMatch(/In line: #1 <@90>, .*#10 <@99> and 2 more/);
  });

  it('says what it was limited to where nothing fits that, and how old the list is', () => {
    const filter = { type: 'video', apiChannel: '123' } as const;
    const empty = JSON.stringify(toJobsBoard(NOTHING, filter, { now: 2_000 }).components);
    const stale = textOf({ problems: [{ ...problems[0], since: 60_000, listedAt: 5_000 }] });

    expect(empty).toContain('Nothing matches only videos, API channel 123.');
    expect(empty).toContain('Updated just now');
    expect(stale).toContain('Down since <t:60:R>, retrying. This is the list from <t:5:R>.');
  });
});
