import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/midjourney/faults.ts';
import { FIRST_CHANNEL } from '../../sandbox/midjourney/midjourney-world.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { UseapiClient } from '../../src/backends/useapi/client.ts';
import type { ApiVersion } from '../../src/backends/useapi/job-id.ts';
import { ApiHealth } from '../../src/jobs/api-health.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { RunningBoards } from '../../src/jobs/running-board.ts';
import { MediaStore } from '../../src/media/media-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { UserError } from '../../src/shared/errors.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { SubmissionBot } from '../jobs/submissions/submission-rig.ts';
import { oneAccount } from '../one-account.ts';

type Action = Fault['action'];
const PAGE = '<!doctype html><h1>nothing to see</h1>';
const html = { 'content-type': 'text/html' };
const REFUSED = [301, 400, 401, 402, 403, 404, 409, 410, 412, 422, 429];
const BROKEN = [500, 502, 503, 504, 520, 596];

/** What can come in place of an answer. */
const FAULTS: readonly (readonly [name: string, action: Action])[] = [
  ...[...REFUSED, ...BROKEN].flatMap((status): [string, Action][] => [
    [`${status}`, { kind: 'status', status, body: { error: 'x' } }],
    [`${status} as a page`, { kind: 'status', status, body: PAGE, headers: html }],
  ]),
  ['429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
  ['200 with nonsense', { kind: 'status', status: 200, body: { a: 1 } }],
  ['200 as a page', { kind: 'html' }],
  ['200 with garbage', { kind: 'garbage' }],
  ['201 without a body', { kind: 'status', status: 201 }],
  ['204', { kind: 'status', status: 204 }],
  ['a cut before the answer', { kind: 'cut' }],
  ['a cut within the body', { kind: 'cut', after: 'mid-body' }],
  ['an answer that is late', { kind: 'delay', ms: 250 }],
];

interface Pair {
  /** Refs of a job that has ended, and of one that runs. */
  readonly done: string;
  readonly running: string;
}

describe('whatever the API answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-faults-'));
  let useapi: UseapiStandIn;
  let client: UseapiClient;
  let store: SqliteStore;
  let bot: SubmissionBot;
  let media: MediaStore;
  let boards: RunningBoards;

  beforeAll(async () => {
    useapi = await startUseapiStandIn({ speed: 0, maxJobs: 10_000 });
    const common = { clock: systemClock, logger: silentLogger };
    const limits = { readHeadersTimeoutMs: 120, writeHeadersTimeoutMs: 120, bodyTimeoutMs: 120 };
    const retries = { maxRetries: 1, retryDelayMs: 1, busyDelayMs: 1 };
    client = new UseapiClient({ baseUrl: useapi.url, token: useapi.token, ...common, ...limits, ...retries });
    store = SqliteStore.open(':memory:');
    bot = new SubmissionBot(client, store, systemClock);
    media = new MediaStore({ folder, allowedHosts: [], proxy: client, ...common });
    const health = new ApiHealth({ pollIntervalMs: 15_000 });
    boards = new RunningBoards({
      api: client,
      tracker: bot.tracker,
      index: new JobIndex(),
      health,
      boards: () => ['v3', 'v2'],
      accounts: oneAccount,
      clock: systemClock,
    });
  });
  afterAll(async () => {
    bot.submissions.stop();
    await useapi.close();
    await client.close();
    await bot.submissions.whenIdle();
    await media.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function aJob(version: ApiVersion, isDone: boolean): Promise<string> {
    const jobid = useapi.world.startJob({ version, prompt: 'a job' });
    if (isDone) useapi.world.advance(jobid, { to: 'completed' });
    // While submissions of other cases have no answer, a job of nobody could be theirs.
    const origin = { guildId: 'g1', userId: 'u1' };
    return (await bot.tracker.observe(await client.readJob(jobid), { origin })).ref;
  }

  async function lease(ref: string) {
    const [ux] = (await bot.jobs.get(ref))?.imageUx ?? [];
    const sources = [{ via: 'proxy' as const, url: ux?.url ?? '', label: 'one' }];
    const limits = { maxFileBytes: 1e7, maxFiles: 1, maxTotalBytes: 1e7 };
    const { results, release } = await media.lease({ ref, guildId: undefined, sources, ...limits });
    release();
    return results;
  }

  const board = () => boards.read({ guildId: 'g1', maxAgeMs: 0 });
  const posts = (path: string) =>
    useapi.requests.filter((request) => request.method === 'POST' && request.path === path).length;
  const aPair = async (version: ApiVersion): Promise<Pair> => ({
    done: await aJob(version, true),
    running: await aJob(version, false),
  });

  /** What found no slot would be sent again in a later case, and lets others wait behind it. */
  async function emptyLine(): Promise<void> {
    const pending = await bot.submissionStore.pending();
    const waiting = pending.filter(({ submission }) => submission.state === 'waiting');
    for (const { submission } of waiting) await bot.submissions.line.cancel(submission.id, 'g1');
  }

  /** One call of each kind that concerns a job, as people make them. */
  const callFor = ({ done, running }: Pair): Promise<unknown>[] => [
    bot.actions.show(done, 'g1'),
    bot.press(done, 'V1'),
    bot.actions.cancel(running, 'g1'),
  ];

  /** One call of each other kind, as people and ticks make them. */
  function callOthers(done: string): Promise<unknown>[] {
    const person = { guildId: 'g1', userId: 'u1' };
    return [
      board(),
      bot.submissions.prompts.submit({ prompt: `a wish for ${done}`, key: done, ...person }),
      bot.submissions.resetApiChannel('v3', FIRST_CHANNEL, 'g1'),
      lease(done),
    ];
  }

  it.each(FAULTS)('says so in words, pays at most once and goes on after it: %s', async (_name, action) => {
    const [v2, v3] = await Promise.all([aPair('v2'), aPair('v3')]);
    useapi.clearRequests();
    const mend = useapi.faults.add({ match: {}, action });

    const outcomes = await Promise.allSettled([...callFor(v2), ...callFor(v3), ...callOthers(v3.done)]);
    const paid = ['/v3/midjourney/jobs/imagine', '/v3/midjourney/jobs/button', '/v2/jobs/button'].map(posts);
    mend();
    await emptyLine();

    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toBeInstanceOf(UserError);
      expect(outcome.reason.message).toMatch(/[.!)]$/);
      expect(outcome.reason.message).not.toMatch(/<h1>|user:|127\.0\.0\.1/);
    }
    expect(paid.every((count) => count <= 1)).toBe(true);
    for (const { done, running } of [v2, v3]) {
      expect(await bot.actions.show(done, 'g1')).not.toHaveProperty('notice');
      expect(await bot.actions.cancel(running, 'g1')).toHaveProperty('outcome');
    }
    expect((await board()).problems).toEqual([]);
    expect(await lease(v3.done)).toMatchObject([{ kind: 'file' }]);
  });
});
