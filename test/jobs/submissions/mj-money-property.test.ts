import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { SandboxJob } from '../../../sandbox/midjourney/sandbox-job.ts';
import { type MjStandIn, startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import type { MjFlavour, MjSwitches } from '../../../sandbox/mj/mj-switches.ts';
import type { Backend } from '../../../src/backends/contract.ts';
import { MjBackend } from '../../../src/backends/mj/mj-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FakeClock } from '../../fake-clock.ts';
import { deathWithin, GIVES_UP_MS, LATE_MS, toStatus, troubleOf } from './money-troubles.ts';
import { MortalBots } from './mortal-bots.ts';
import type { SubmissionBot } from './submission-rig.ts';

/** `zoom` needs a prompt, and takes two steps where the server has them. */
type Wish = 'prompt' | 'press' | 'zoom';

const envelope = (code: number) => toStatus(200, { code, description: '系统异常' });

const trouble = troubleOf(
  [...[400, 401, 403, 404, 429].map((code) => toStatus(code)), ...[3, 4, 23, 24, 30].map(envelope)],
  [...[500, 502, 504].map((code) => toStatus(code)), ...[9, 77, 1].map(envelope)],
);
const death = deathWithin(12);
/** One life of the bot, in which somebody asks for the same thing. */
const asking = fc.record({
  trouble,
  /** Which of the paid calls meets it: of a press in two steps the first or the second. */
  step: fc.constantFrom('submit/(?:imagine|action|change)', 'submit/modal'),
  isUnreadable: fc.boolean(),
  death,
});
type Asking = typeof asking extends fc.Arbitrary<infer T> ? T : never;
/** Nothing goes wrong: without it, chance might let nobody pay. */
const CALM: Asking = { trouble: null, step: 'submit/modal', isUnreadable: false, death: null };

const CASES: readonly (readonly [MjFlavour, Wish])[] = [
  ['trueai', 'prompt'],
  ['trueai', 'press'],
  ['trueai', 'zoom'],
  ['novicezk', 'prompt'],
  ['novicezk', 'press'],
  ['new-api', 'prompt'],
  ['new-api', 'press'],
  ['new-api', 'zoom'],
];

describe('the money rule at a Midjourney proxy, whatever it does and wherever the bot dies', () => {
  const clock = new FakeClock();
  const open: { close(): Promise<void> }[] = [];
  let wishes = 0;
  afterAll(async () => {
    for (const thing of open.toReversed()) await thing.close();
  });

  async function startServer(switches: Partial<MjSwitches>): Promise<[MjStandIn, Backend]> {
    const server = await startMjStandIn({ speed: 0, clock, switches });
    const limits = { writeHeadersTimeoutMs: GIVES_UP_MS, bodyTimeoutMs: GIVES_UP_MS, maxRetries: 1, retryDelayMs: 0 };
    const auth = switches.flavour === 'new-api' ? 'bearer' : 'mj-api-secret';
    const { url: baseUrl, secret } = server;
    const common = { baseUrl, secret, auth, clock: systemClock, logger: silentLogger } as const;
    const backend = new MjBackend({ ...common, ...limits });
    open.push(server, backend);
    return [server, backend];
  }

  /** One wish, however often it is asked for, and the processes that live and die over it. */
  class History {
    readonly name = `wish ${++wishes}`;
    readonly #server: MjStandIn;
    readonly #backend: Backend;
    readonly #wish: Wish;
    readonly #bots: MortalBots;
    #ref = '';
    #jobid = '';

    constructor(server: MjStandIn, backend: Backend, wish: Wish) {
      this.#server = server;
      this.#backend = backend;
      this.#wish = wish;
      this.#bots = new MortalBots({ api: backend, board: 'mj', clock, lateMs: LATE_MS });
    }

    async begin(): Promise<void> {
      this.#server.faults.clear();
      await this.#backend.listRunning('mj');
      const kind = this.#wish === 'zoom' ? 'upscale' : 'grid';
      this.#jobid = this.#server.startTask({ prompt: `parent of ${this.name}`, kind });
      this.#server.world.advance(this.#jobid, { to: 'completed' });
      const bot = await this.#bots.live(null);
      this.#ref = (await bot.tracker.observe(await this.#backend.readJob(this.#jobid))).ref;
    }

    async take({ trouble: met, step, isUnreadable, death: dies }: Asking): Promise<void> {
      const bot = await this.#bots.live(dies);
      const { faults } = this.#server;
      if (met !== null) faults.add({ match: { method: 'POST', path: step }, times: 1, ...met });
      if (isUnreadable) faults.add({ match: { path: '/mj/task/(?:list|queue)' }, action: toStatus(500) });
      await this.#bots.ask(this.#ask(bot));
      faults.clear();
    }

    /** The last process lives, and the server works. */
    end(): Promise<void> {
      return this.#bots.end();
    }

    /** How many jobs came of the wish; what waits for its second step is none, and costs nothing. */
    get jobCount(): number {
      const prompt = this.#wish === 'prompt' ? this.name : undefined;
      const isOwn = (job: SandboxJob) => job.prompt === prompt || job.parentJobid === this.#jobid;
      return this.#server.world.list().filter(isOwn).length;
    }

    #ask(bot: SubmissionBot): Promise<unknown> {
      if (this.#wish === 'press') return bot.press(this.#ref, 'V1');
      if (this.#wish === 'zoom') return bot.press(this.#ref, 'Custom Zoom', { prompt: 'a wider view --zoom 1.4' });
      return bot.submissions.prompts.submit({ prompt: this.name, key: this.name, guildId: 'g1', userId: 'u1' });
    }
  }

  it.each(CASES)('pays at most once for a wish that is not confirmed anew: %s, %s', async (flavour, wish) => {
    const [server, backend] = await startServer({ flavour });
    const histories: History[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(asking, { minLength: 1, maxLength: 3 }), async (askings) => {
        const history = new History(server, backend, wish);
        histories.push(history);
        await history.begin();

        for (const next of askings) await history.take(next);
        await history.end();

        expect(history.jobCount).toBeLessThanOrEqual(1);
      }),
      { numRuns: 10, endOnFailure: true, examples: [[[CALM]], [[CALM]]] },
    );
    // What was late may have arrived since.
    for (const history of histories) expect(history.jobCount).toBeLessThanOrEqual(1);
    expect(histories.filter(({ jobCount }) => jobCount === 1).length).toBeGreaterThan(1);
  });
});
