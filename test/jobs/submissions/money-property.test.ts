import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/useapi/faults.ts';
import type { RequestRecord } from '../../../sandbox/useapi/request-log.ts';
import type { SandboxJob } from '../../../sandbox/useapi/sandbox-job.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import type { ApiVersion } from '../../../src/backends/api-job.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import type { ActApi } from '../../../src/jobs/submissions/submission-api.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteConnection } from '../../../src/storage/sqlite/sqlite-connection.ts';
import { FakeClock } from '../../fake-clock.ts';
import { type Death, Lifeline, MortalStore } from '../../notifications/lifeline.ts';
import { ActingBot } from './acting-rig.ts';

type Trouble = Pick<Fault, 'action' | 'takesEffect'>;
type Wish = 'prompt' | 'press';

const PAGE = '<!doctype html><h1>Bad gateway</h1>';
const LATE_MS = 60;
const GIVES_UP_MS = 20;

const toStatus = (status: number, body: unknown): Trouble['action'] => ({ kind: 'status', status, body });
/** Nothing was made, and the answer says so. */
const refusals = fc.constantFrom<Trouble>(
  ...[400, 401, 402, 403, 404, 422, 429].map((status) => ({ action: toStatus(status, { error: 'no' }) })),
  { action: toStatus(403, PAGE) },
  { action: { kind: 'redirect', to: 'https://example.com/' } },
);
/** Nobody can tell by the answer whether the job was made. */
const doubts = fc.record({
  action: fc.constantFrom<Trouble['action']>(
    ...[500, 502, 503, 504, 520, 596].map((status) => toStatus(status, { error: 'broken' })),
    toStatus(504, PAGE),
    toStatus(408, ''),
    toStatus(204, undefined),
    { kind: 'html' },
    { kind: 'garbage' },
    { kind: 'empty' },
    { kind: 'cut' },
    { kind: 'cut', after: 'mid-body' },
    { kind: 'delay', ms: LATE_MS },
  ),
  takesEffect: fc.boolean(),
});
const trouble = fc.option(fc.oneof({ arbitrary: refusals, weight: 1 }, { arbitrary: doubts, weight: 3 }));
const death = fc.option(
  fc.record({ at: fc.integer({ min: 1, max: 14 }), when: fc.constantFrom<Death['when']>('before', 'after') }),
);
/**
 * One time that somebody asks for the same thing: what its POSTs meet, whether the API can be read, and
 * where the process dies.
 */
const asking = fc.record({ trouble, times: fc.integer({ min: 1, max: 2 }), isUnreadable: fc.boolean(), death });
type Asking = typeof asking extends fc.Arbitrary<infer T> ? T : never;

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
    const limits = { actHeadersTimeoutMs: GIVES_UP_MS, bodyTimeoutMs: GIVES_UP_MS, maxRetries: 1, retryDelayMs: 0 };
    const { url: baseUrl, token } = useapi;
    const client = new UseapiClient({ baseUrl, token, clock: systemClock, logger: silentLogger, ...limits });
    clients.push(client);
    return client;
  }

  /** One wish, however often it is asked for, and the processes that live and die over it. */
  class History {
    readonly name = `wish ${++wishes}`;
    readonly version: ApiVersion;
    readonly wish: Wish;
    readonly #client: UseapiClient;
    readonly #connection = new SqliteConnection(':memory:', clock);
    readonly #calls = new Set<Promise<unknown>>();
    #bot: ActingBot | undefined;
    #life = new Lifeline();
    #ref = '';
    jobid = '';

    constructor(client: UseapiClient, version: ApiVersion, wish: Wish) {
      this.#client = client;
      this.version = version;
      this.wish = wish;
    }

    async begin(): Promise<void> {
      useapi.faults.clear();
      this.jobid = useapi.world.startJob({ version: this.version, prompt: `parent of ${this.name}` });
      useapi.world.advance(this.jobid, { to: 'completed' });
      const bot = await this.#live(null);
      this.#ref = (await bot.tracker.observe(await this.#client.readJob(this.jobid))).ref;
    }

    async take({ trouble, times, isUnreadable, death }: Asking): Promise<void> {
      const bot = await this.#live(death);
      if (trouble !== null) useapi.faults.add({ match: { method: 'POST' }, times, ...trouble });
      if (isUnreadable) useapi.faults.add({ match: { method: 'GET' }, action: toStatus(500, PAGE) });
      await Promise.race([this.#ask(bot).catch(() => undefined), this.#life.died]);
      await this.#settle();
      useapi.faults.clear();
    }

    /** The last process lives, and the API works. */
    async end(): Promise<void> {
      await this.#live(null);
      await this.#settle();
      this.#bot?.acting.stop();
      await this.#bot?.acting.whenIdle();
      this.#connection.close();
    }

    /** A new process in the place of the one before, which never goes on. */
    async #live(death: Death | null): Promise<ActingBot> {
      this.#bot?.acting.stop();
      const life = new Lifeline(death ?? undefined);
      const api = this.#toMortal(this.#client, life);
      const bot = new ActingBot(api, new MortalStore(this.#connection, life), clock, this.version);
      this.#life = life;
      this.#bot = bot;
      const up = bot.tracker.restore().then(() => bot.acting.recover());
      await Promise.race([up, life.died]);
      return bot;
    }

    #ask(bot: ActingBot): Promise<unknown> {
      if (this.wish === 'press') return bot.press(this.#ref, 'V1');
      return bot.acting.submissions.submit({ prompt: this.name, key: this.name, guildId: 'g1', userId: 'u1' });
    }

    /** Calls are steps of their process: it dies before one leaves, or with the answer. */
    #toMortal(api: ActApi, life: Lifeline): ActApi {
      const call = <T>(make: () => Promise<T>): Promise<T> => life.pass(() => this.#noteCall(make()));
      return {
        imagine: (wish) => call(() => api.imagine(wish)),
        pressButton: (wish) => call(() => api.pressButton(wish)),
        readJob: (...args) => this.#noteCall(api.readJob(...args)),
        listRunning: (...args) => this.#noteCall(api.listRunning(...args)),
        cancelJob: (...args) => api.cancelJob(...args),
        resetChannel: (...args) => api.resetChannel(...args),
      };
    }

    #noteCall<T>(call: Promise<T>): Promise<T> {
      this.#calls.add(call);
      const forget = () => this.#calls.delete(call);
      call.then(forget, forget);
      return call;
    }

    /** Lets what waits for its turn take it. */
    async #settle(): Promise<void> {
      for (let round = 0; round < 2; round += 1) {
        await clock.advance(20_000);
        await Promise.allSettled(this.#calls);
      }
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

  it.each((['v2', 'v3'] as const).flatMap((version) => [[version, 'prompt'] as const, [version, 'press'] as const]))(
    'pays at most once for a wish that is not confirmed anew: %s, %s',
    async (version, wish) => {
      const client = aClient();
      const histories: History[] = [];
      await fc.assert(
        fc.asyncProperty(fc.array(asking, { minLength: 1, maxLength: 3 }), async (askings) => {
          const history = new History(client, version, wish);
          histories.push(history);
          await history.begin();

          for (const next of askings) await history.take(next);
          await history.end();

          expect(history.posts.length).toBeLessThanOrEqual(1);
          expect(history.jobs.length).toBeLessThanOrEqual(1);
        }),
        { numRuns: 12, endOnFailure: true },
      );
      // What was late may have arrived since.
      for (const history of histories) expect(history.posts.length).toBeLessThanOrEqual(1);
      expect(histories.filter(({ jobs }) => jobs.length === 1).length).toBeGreaterThan(1);
    },
  );
});
