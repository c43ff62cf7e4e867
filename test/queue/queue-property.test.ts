import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Handler, type NamedQueue, type Queue, RetryLater } from '../../src/queue/contract.ts';
import { hasPostgres } from '../postgres.ts';
import { createPgbossEngine } from './pgboss-store.ts';
import { MortalClock, QueueClock } from './queue-clock.ts';
import { type QueueEngine, type QueueStore, START_AT } from './queue-world.ts';
import { sqliteEngine } from './sqlite-store.ts';

const Payload = z.object({ n: z.number(), group: z.string() });
type Payload = z.infer<typeof Payload>;

type Step =
  | { readonly do: 'add'; readonly group: string; readonly delayMs: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'crash'; readonly which: number };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('add' as const), group: aGroup(), delayMs: fc.constantFrom(0, 0, 3000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), which: fc.nat({ max: 1 }) }) },
);
const aVerdict = fc.constantFrom('done', 'done', 'done', 'fail', 'later', 'hang');

function aGroup(): fc.Arbitrary<string> {
  return fc.constantFrom('a', 'b', '');
}

interface Slot {
  readonly work: NamedQueue<Payload, Payload>;
  readonly clock: MortalClock;
}

/** Two processes that share a store; a crashed one is replaced. */
class Simulation {
  readonly #clock: QueueClock;
  readonly #store: QueueStore;
  readonly #verdicts: readonly string[];
  readonly #processes: { queue: Queue; clock: MortalClock }[] = [];
  readonly #running = new Map<string, MortalClock>();
  #runs = 0;
  readonly added: Payload[] = [];
  readonly finished: Payload[] = [];
  readonly overlaps: string[] = [];

  constructor(store: QueueStore, verdicts: readonly string[]) {
    this.#store = store;
    this.#clock = new QueueClock(START_AT, store.follower);
    this.#verdicts = verdicts;
  }

  async run(steps: readonly Step[]): Promise<void> {
    const slots = [await this.#start(), await this.#start()];
    for (const step of steps) {
      if (step.do === 'pass') await this.#clock.advance(step.ms);
      if (step.do === 'add') await this.#add(slots[0], step);
      if (step.do === 'crash') slots[step.which] = await this.#replace(slots[step.which]);
    }
    for (const { clock } of this.#processes) clock.freeze();
    await this.#start(true);
    await this.#clock.advance(120_000);
  }

  async end(): Promise<void> {
    for (const { queue } of this.#processes) await queue.stop({ timeoutMs: 0 });
    await this.#store.destroy();
  }

  async #start(isHealthy = false): Promise<Slot> {
    const clock = new MortalClock(this.#clock);
    const queue = await this.#store.open(clock, { maxIdleMs: 5000, random: () => 0.5 });
    const work = queue.define('work', Payload);
    work.work(this.#toHandler(clock, isHealthy), { concurrency: 2, leaseMs: 12_000 });
    this.#processes.push({ queue, clock });
    return { work, clock };
  }

  /** The next process starts a moment later: what two of them add at the very same time is in no order. */
  async #replace(slot: Slot | undefined) {
    slot?.clock.freeze();
    await this.#clock.advance(1);
    return this.#start();
  }

  async #add(slot: Slot | undefined, step: Extract<Step, { do: 'add' }>) {
    const payload = { n: this.added.length, group: step.group };
    const group = step.group === '' ? {} : { group: step.group };
    await slot?.work.add(payload, { ...group, delayMs: step.delayMs, maxAttempts: Number.POSITIVE_INFINITY });
    this.added.push(payload);
  }

  #toHandler(clock: MortalClock, isHealthy: boolean): Handler<Payload> {
    return async ({ payload }) => {
      const verdict = isHealthy ? 'done' : this.#verdicts[this.#runs++ % this.#verdicts.length];
      const place = payload.group === '' ? `entry ${payload.n}` : payload.group;
      const holder = this.#running.get(place);
      if (holder !== undefined && !holder.isFrozen) this.overlaps.push(place);
      this.#running.set(place, clock);
      if (verdict === 'hang') await new Promise(() => undefined);
      await clock.sleep(500);
      this.#running.delete(place);
      if (verdict === 'fail') throw new Error('failed');
      if (verdict === 'later') throw new RetryLater(700);
      this.finished.push(payload);
    };
  }
}

describe('a queue on SQLite', () => describeProperty(sqliteEngine, 100));
describe.skipIf(!hasPostgres)('a queue on PostgreSQL (skipped where there is no server)', () =>
  describeProperty(createPgbossEngine(), 10),
);

function describeProperty(engine: QueueEngine, numRuns: number): void {
  afterAll(() => engine.end?.());

  it('loses nothing, does nothing twice and keeps every group in order, whatever crashes and fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(aStep, { minLength: 1, maxLength: 25 }),
        fc.array(aVerdict, { minLength: 1, maxLength: 8 }),
        async (steps, verdicts) => expectAllOnce(await engine.createStore(), steps, verdicts),
      ),
      { numRuns, endOnFailure: true },
    );
  });
}

async function expectAllOnce(store: QueueStore, steps: readonly Step[], verdicts: readonly string[]): Promise<void> {
  const simulation = new Simulation(store, verdicts);
  try {
    await simulation.run(steps);
    const { added, finished, overlaps } = simulation;
    expect(finished.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(added.map(({ n }) => n));
    for (const group of ['a', 'b']) {
      const inGroup = (payload: Payload) => payload.group === group;
      expect(finished.filter(inGroup)).toEqual(added.filter(inGroup));
    }
    expect(overlaps).toEqual([]);
  } finally {
    await simulation.end();
  }
}
