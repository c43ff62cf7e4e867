import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/useapi/faults.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { FIRST_CHANNEL } from '../../sandbox/useapi/world.ts';
import { UseapiClient } from '../../src/backends/useapi/client.ts';
import { ApiHealth } from '../../src/jobs/api-health.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { RunningBoards } from '../../src/jobs/running-board.ts';
import { MediaStore } from '../../src/media/media-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { UserError } from '../../src/shared/errors.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { ActingBot } from '../jobs/submissions/acting-rig.ts';

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

describe('whatever the API answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-faults-'));
  let useapi: UseapiStandIn;
  let client: UseapiClient;
  let store: SqliteStore;
  let bot: ActingBot;
  let media: MediaStore;
  let boards: RunningBoards;

  beforeAll(async () => {
    useapi = await startUseapiStandIn({ speed: 0, maxJobs: 10_000 });
    const common = { clock: systemClock, logger: silentLogger };
    const limits = { readHeadersTimeoutMs: 120, actHeadersTimeoutMs: 120, bodyTimeoutMs: 120 };
    const retries = { maxRetries: 1, retryDelayMs: 1, busyDelayMs: 1 };
    client = new UseapiClient({ baseUrl: useapi.url, token: useapi.token, ...common, ...limits, ...retries });
    store = SqliteStore.open(':memory:');
    bot = new ActingBot(client, store, systemClock);
    media = new MediaStore({ folder, allowedHosts: [], proxy: client, ...common });
    const health = new ApiHealth({ pollIntervalMs: 15_000 });
    boards = new RunningBoards({
      api: client,
      tracker: bot.tracker,
      index: new JobIndex(),
      health,
      versions: ['v3', 'v2'],
      clock: systemClock,
    });
  });
  afterAll(async () => {
    bot.acting.stop();
    await useapi.close();
    await client.close();
    await bot.acting.whenIdle();
    await media.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function aJob(isDone: boolean): Promise<string> {
    const jobid = useapi.world.startJob({ prompt: 'a job' });
    if (isDone) useapi.world.advance(jobid, { to: 'completed' });
    return (await bot.tracker.observe(await client.readJob(jobid))).ref;
  }

  async function lease(ref: string) {
    const [ux] = (await bot.jobs.get(ref))?.imageUx ?? [];
    const sources = [{ via: 'proxy' as const, url: ux?.url ?? '', label: 'one' }];
    const limits = { maxFileBytes: 1e7, maxFiles: 1, maxTotalBytes: 1e7 };
    const { results, release } = await media.lease({ ref, sources, ...limits });
    release();
    return results;
  }

  const board = () => boards.read({ guildId: 'g1', maxAgeMs: 0 });
  const posts = (end: string) =>
    useapi.requests.filter(({ method, path }) => method === 'POST' && path.endsWith(end)).length;

  /** One call of each kind, as people and ticks make them. */
  function callAll(done: string, running: string): Promise<unknown>[] {
    const person = { guildId: 'g1', userId: 'u1' };
    return [
      board(),
      bot.actions.show(done, 'g1'),
      bot.acting.submissions.submit({ prompt: `a wish for ${done}`, key: done, ...person }),
      bot.press(done, 'V1'),
      bot.actions.cancel(running, 'g1'),
      bot.acting.resetApiChannel('v3', FIRST_CHANNEL),
      lease(done),
    ];
  }

  it.each(FAULTS)('says so in words, pays at most once and goes on after it: %s', async (_name, action) => {
    const [done, running] = [await aJob(true), await aJob(false)];
    useapi.clearRequests();
    const mend = useapi.faults.add({ match: {}, action });

    const outcomes = await Promise.allSettled(callAll(done, running));
    const paid = [posts('/imagine'), posts('/button')];
    mend();

    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toBeInstanceOf(UserError);
      expect(outcome.reason.message).toMatch(/[.!)]$/);
      expect(outcome.reason.message).not.toMatch(/<h1>|user:|127\.0\.0\.1/);
    }
    expect(paid.every((count) => count <= 1)).toBe(true);
    expect(await bot.actions.show(done, 'g1')).not.toHaveProperty('notice');
    expect((await board()).problems).toEqual([]);
    expect(await bot.actions.cancel(running, 'g1')).toHaveProperty('outcome');
    expect(await lease(done)).toMatchObject([{ kind: 'file' }]);
  });
});
