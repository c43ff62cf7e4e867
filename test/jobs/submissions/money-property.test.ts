import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../../sandbox/midjourney/request-log.ts';
import type { SandboxJob } from '../../../sandbox/midjourney/sandbox-job.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import type { ApiVersion } from '../../../src/backends/useapi/job-id.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FakeClock } from '../../fake-clock.ts';
import { deathWithin, GIVES_UP_MS, LATE_MS, toStatus, troubleOf } from './money-troubles.ts';
import { MortalBots } from './mortal-bots.ts';
import type { SubmissionBot } from './submission-rig.ts';

type Wish = 'prompt' | 'press';

const PAGE = '<!doctype html><h1>Bad gateway</h1>';

const trouble = troubleOf(
  [
    ...[400, 401, 402, 403, 404, 422, 429].map((status) => toStatus(status, { error: 'no' })),
    toStatus(403, PAGE),
    { kind: 'redirect', to: 'https://example.com/' },
  ],
  [
    ...[500, 502, 503, 504, 520, 596].map((status) => toStatus(status, { error: 'broken' })),
    toStatus(504, PAGE),
    toStatus(408, ''),
  ],
);
const death = deathWithin(14);
/**
 * One time that somebody asks for the same thing: what its POSTs meet, whether the API can be read, and
 * where the process dies.
 */
const asking = fc.record({ trouble, times: fc.integer({ min: 1, max: 2 }), isUnreadable: fc.boolean(), death });
type Asking = typeof asking extends fc.Arbitrary<infer T> ? T : never;
/** Nothing goes wrong: without it, chance might let nobody pay. */
const CALM: Asking = { trouble: null, times: 1, isUnreadable: false, death: null };

const PAID = /\/(imagine|button)$/;

/** Whether a POST may have cost something. */
function mayHaveCost({ method, path, status }: RequestRecord): boolean {
  const isRefused = status >= 300 && status < 500 && status !== 408;
  return method === 'POST' && PAID.test(path) && !isRefused;
}

describe('the money rule, whatever the API does and wherever the bot dies', () => {
  const clock = new FakeClock();
  const requests: RequestRecord[] = [];
  const clients: UseapiClient[] = [];
  let useapi: UseapiStandIn;
  let wishes = 0;

  beforeAll(async () => {
    useapi = await startUseapiStandIn({ speed: 0, maxJobs: 100_000, clock });
    useapi.onRequest((request) => requests.push(request));
  });
  afterAll(async () => {
    await useapi.close();
    for (const client of clients) await client.close();
  });

  function aClient(): UseapiClient {
    const limits = { writeHeadersTimeoutMs: GIVES_UP_MS, bodyTimeoutMs: GIVES_UP_MS, maxRetries: 1, retryDelayMs: 0 };
    const { url: baseUrl, token } = useapi;
    const client = new UseapiClient({ baseUrl, token, clock: systemClock, logger: silentLogger, ...limits });
    clients.push(client);
    return client;
  }

  /** One wish, however often it is asked for, and the processes that live and die over it. */
  class History {
    readonly name = `wish ${++wishes}`;
    readonly board: ApiVersion;
    readonly wish: Wish;
    readonly #client: UseapiClient;
    readonly #bots: MortalBots;
    #ref = '';
    jobid = '';

    constructor(client: UseapiClient, board: ApiVersion, wish: Wish) {
      this.#client = client;
      this.board = board;
      this.wish = wish;
      this.#bots = new MortalBots({ api: client, board, clock, lateMs: LATE_MS });
    }

    async begin(): Promise<void> {
      useapi.faults.clear();
      this.jobid = useapi.world.startJob({ version: this.board, prompt: `parent of ${this.name}` });
      useapi.world.advance(this.jobid, { to: 'completed' });
      const bot = await this.#bots.live(null);
      this.#ref = (await bot.tracker.observe(await this.#client.readJob(this.jobid))).ref;
    }

    async take({ trouble, times, isUnreadable, death }: Asking): Promise<void> {
      const bot = await this.#bots.live(death);
      if (trouble !== null) useapi.faults.add({ match: { method: 'POST' }, times, ...trouble });
      if (isUnreadable) useapi.faults.add({ match: { method: 'GET' }, action: toStatus(500, PAGE) });
      await this.#bots.ask(this.#ask(bot));
      useapi.faults.clear();
    }

    /** The last process lives, and the API works. */
    end(): Promise<void> {
      return this.#bots.end();
    }

    #ask(bot: SubmissionBot): Promise<unknown> {
      if (this.wish === 'press') return bot.press(this.#ref, 'V1');
      return bot.submissions.prompts.submit({ prompt: this.name, key: this.name, guildId: 'g1', userId: 'u1' });
    }

    get posts(): readonly RequestRecord[] {
      const isOwn = ({ requestBody = '' }: RequestRecord) =>
        requestBody.includes(this.wish === 'prompt' ? `"${this.name}"` : `"${this.jobid}"`);
      return requests.filter((request) => isOwn(request) && mayHaveCost(request));
    }

    get jobs() {
      const isOwn = (job: SandboxJob) =>
        this.wish === 'prompt' ? job.prompt === this.name : job.parentJobid === this.jobid;
      return useapi.world.list().filter(isOwn);
    }
  }

  it.each((['v2', 'v3'] as const).flatMap((board) => [[board, 'prompt'] as const, [board, 'press'] as const]))(
    'pays at most once for a wish that is not confirmed anew: %s, %s',
    async (board, wish) => {
      const client = aClient();
      const histories: History[] = [];
      await fc.assert(
        fc.asyncProperty(fc.array(asking, { minLength: 1, maxLength: 3 }), async (askings) => {
          const history = new History(client, board, wish);
          histories.push(history);
          await history.begin();

          for (const next of askings) await history.take(next);
          await history.end();

          expect(history.posts.length).toBeLessThanOrEqual(1);
          expect(history.jobs.length).toBeLessThanOrEqual(1);
        }),
        { numRuns: 12, endOnFailure: true, examples: [[[CALM]], [[CALM]]] },
      );
      // What was late may have arrived since.
      for (const history of histories) expect(history.posts.length).toBeLessThanOrEqual(1);
      expect(histories.filter(({ jobs }) => jobs.length === 1).length).toBeGreaterThan(1);
    },
  );
});
