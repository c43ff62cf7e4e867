import { describe, expect, it } from 'vitest';
import { parseAvailable, parseByAccount } from '../../../src/backends/siblings/scheduler-lists.ts';

const NOW = Date.UTC(2026, 10, 26);

describe('the list of `scheduler/available`', () => {
  it('reads the id however a service spells it', () => {
    const executing = ['id', 'videoId', 'imageId', 'video_id', 'image_id', 'job_id', 'jobid'].map((name) => ({
      [name]: `of ${name}`,
      type: 'video',
      email: 'jo@example.com',
    }));

    const list = parseAvailable({ executing, available: [] }, NOW);

    expect(list?.jobs.map(({ jobid }) => jobid)).toEqual(executing.map((item) => Object.values(item)[0]));
  });

  it('reads accounts with their slots, whether they are called by number or by e-mail address', () => {
    const available = [
      { account: '7', maxJobs: 5, executing: 0, available: 5 },
      { email: 'jo@example.com', maxJobs: 3, executing: 2, available: 1 },
      { maxJobs: 1 },
    ];

    expect(parseAvailable({ executing: [], available }, NOW)?.accounts).toEqual([
      { account: '7', maxJobs: 5 },
      { account: 'jo@example.com', maxJobs: 3 },
    ]);
  });

  it.each([
    [{ started: '2026-11-25T23:59:00.000Z', elapsed: '00:35' }, NOW - 60_000],
    [{ elapsed: '03:57' }, NOW - 237_000],
    [{ elapsed: '1:03:57' }, NOW - 3_837_000],
    [{ elapsed: 'long' }, undefined],
  ])('knows since when a job runs: %o', (fields, createdAt) => {
    expect(parseAvailable({ executing: [{ id: 'a', ...fields }] }, NOW)?.jobs[0]?.createdAt).toBe(createdAt);
  });

  it('counts what it cannot read', () => {
    expect(parseAvailable({ executing: [{ id: 'a', replyRef: 'ref-1' }, {}, 7, null] }, NOW)).toMatchObject({
      jobs: [{ jobid: 'a', replyRef: 'ref-1' }],
      skipped: 3,
    });
  });

  it.each([null, [], 7, {}, { error: 'Unauthorized' }, { executing: {} }, { executing: null }])('is not %j', (body) => {
    expect(parseAvailable(body, NOW)).toBeUndefined();
  });
});

describe('the list by accounts', () => {
  it('reads jobs and accounts', () => {
    const executing = { 'US:jo@example.com': [{ jobid: 'a', elapsedSeconds: 45 }, 7], 'CA:al@example.com': [] };

    expect(parseByAccount({ executing, total: 1 }, NOW)).toEqual({
      jobs: [{ jobid: 'a', createdAt: NOW - 45_000 }],
      accounts: [{ account: 'US:jo@example.com' }, { account: 'CA:al@example.com' }],
      skipped: 1,
    });
  });

  it.each([{ executing: {}, total: 0 }, { executing: [] }])('may be empty: %j', (body) => {
    expect(parseByAccount(body, NOW)?.jobs).toEqual([]);
  });

  it.each([null, [], {}, { error: 'Unauthorized' }, { executing: [{}] }, { executing: 7 }])('is not %j', (body) => {
    expect(parseByAccount(body, NOW)).toBeUndefined();
  });
});
