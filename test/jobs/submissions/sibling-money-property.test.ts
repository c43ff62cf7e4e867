import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type SiblingStandIn, startSiblingStandIn } from '../../../sandbox/siblings/sibling-stand-in.ts';
import type { SiblingSwitches } from '../../../sandbox/siblings/sibling-switches.ts';
import type { Backend } from '../../../src/backends/contract.ts';
import { SiblingBackend } from '../../../src/backends/siblings/sibling-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FakeClock } from '../../fake-clock.ts';
import { deathWithin, GIVES_UP_MS, LATE_MS, toStatus, troubleOf } from './money-troubles.ts';
import { MortalBots } from './mortal-bots.ts';

const trouble = troubleOf(
  [400, 401, 402, 404, 412, 422, 429].map((code) => toStatus(code)),
  [...[500, 502, 504, 596].map((code) => toStatus(code)), toStatus(200, {}), toStatus(200, { imageIds: [] })],
);
const death = deathWithin(12);
/** One life of the bot, in which somebody asks for the same thing. */
const asking = fc.record({ trouble, isUnreadable: fc.boolean(), death });
type Asking = typeof asking extends fc.Arbitrary<infer T> ? T : never;
/** Nothing goes wrong: without it, chance might let nobody pay. */
const CALM: Asking = { trouble: null, isUnreadable: false, death: null };

const CASES: readonly (readonly ['minimax' | 'dreamina', Partial<SiblingSwitches>])[] = [
  ['minimax', {}],
  ['minimax', { batch: 4, recordRefs: 'absent' }],
  ['dreamina', {}],
  ['dreamina', { recordRefs: 'absent' }],
];

describe('the money rule at a service beside Midjourney, whatever it does and wherever the bot dies', () => {
  const clock = new FakeClock();
  const open: { close(): Promise<void> }[] = [];
  let wishes = 0;
  afterAll(async () => {
    for (const thing of open.toReversed()) await thing.close();
  });

  async function startServer(
    service: 'minimax' | 'dreamina',
    switches: Partial<SiblingSwitches>,
  ): Promise<[SiblingStandIn, Backend]> {
    const server = await startSiblingStandIn({ service, speed: 0, clock, maxJobs: 1_000, switches });
    const limits = { writeHeadersTimeoutMs: GIVES_UP_MS, bodyTimeoutMs: GIVES_UP_MS, maxRetries: 1, retryDelayMs: 0 };
    const { url: baseUrl, token, model } = server;
    const backend = new SiblingBackend({
      service,
      baseUrl,
      token,
      model,
      clock: systemClock,
      logger: silentLogger,
      ...limits,
    });
    open.push(server, backend);
    return [server, backend];
  }

  /** One prompt, however often it is asked for, and the processes that live and die over it. */
  class History {
    readonly name = `wish ${++wishes}`;
    readonly #server: SiblingStandIn;
    readonly #bots: MortalBots;

    constructor(server: SiblingStandIn, backend: Backend) {
      this.#server = server;
      this.#bots = new MortalBots({ api: backend, board: server.service, clock, lateMs: LATE_MS });
    }

    async take({ trouble: met, isUnreadable, death: dies }: Asking): Promise<void> {
      const bot = await this.#bots.live(dies);
      const { faults } = this.#server;
      if (met !== null) faults.add({ match: { method: 'POST', path: '/v1/' }, times: 1, ...met });
      if (isUnreadable) faults.add({ match: { path: 'scheduler' }, action: toStatus(500) });
      const wish = { prompt: this.name, key: this.name, guildId: 'g1', userId: 'u1' };
      await this.#bots.ask(bot.submissions.prompts.submit(wish));
      faults.clear();
    }

    /** The last process lives, and the server works. */
    end(): Promise<void> {
      return this.#bots.end();
    }

    /** How many submits were taken, each of which may have made several jobs. */
    get paidCount(): number {
      const own = this.#server.world.list().filter(({ prompt }) => prompt === this.name);
      return own.length / (this.#server.service === 'minimax' ? this.#server.world.switches.batch : 1);
    }
  }

  it.each(CASES)('pays at most once for a prompt that is not confirmed anew: %s, %o', async (service, switches) => {
    const [server, backend] = await startServer(service, switches);
    const histories: History[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(asking, { minLength: 1, maxLength: 3 }), async (askings) => {
        const history = new History(server, backend);
        histories.push(history);

        for (const next of askings) await history.take(next);
        await history.end();

        expect(history.paidCount).toBeLessThanOrEqual(1);
      }),
      { numRuns: 10, endOnFailure: true, examples: [[[CALM]], [[CALM]]] },
    );
    // What was late may have arrived since.
    for (const history of histories) expect(history.paidCount).toBeLessThanOrEqual(1);
    expect(histories.filter(({ paidCount }) => paidCount === 1).length).toBeGreaterThan(1);
  });
});
