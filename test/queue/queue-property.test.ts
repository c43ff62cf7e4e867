import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type Handler, type NamedQueue, RetryLater } from '../../src/queue/contract.ts';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { MortalClock, QueueClock } from './queue-clock.ts';
import { createQueueFolder } from './sqlite-store.ts';

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

/** Two processes on one file; a crashed one is replaced. */
class Simulation {
  readonly #clock = new QueueClock();
  readonly #folder = createQueueFolder();
  readonly #verdicts: readonly string[];
  readonly #processes: { queue: SqliteQueue; clock: MortalClock }[] = [];
  readonly #running = new Map<string, MortalClock>();
  #runs = 0;
  readonly added: Payload[] = [];
  readonly finished: Payload[] = [];
  readonly overlaps: string[] = [];

  constructor(verdicts: readonly string[]) {
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
    this.#folder.remove();
  }

  async #start(isHealthy = false): Promise<Slot> {
    const clock = new MortalClock(this.#clock);
    const queue = await SqliteQueue.open({ path: this.#folder.path, clock, maxIdleMs: 5000, random: () => 0.5 });
    const work = queue.define('work', Payload);
    work.work(this.#toHandler(clock, isHealthy), { concurrency: 2, leaseMs: 9000 });
    this.#processes.push({ queue, clock });
    return { work, clock };
  }

  async #replace(slot: Slot | undefined) {
    slot?.clock.freeze();
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

it('loses nothing, does nothing twice and keeps every group in order, whatever crashes and fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aStep, { minLength: 1, maxLength: 25 }),
      fc.array(aVerdict, { minLength: 1, maxLength: 8 }),
      async (steps, verdicts) => {
        const simulation = new Simulation(verdicts);
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
      },
    ),
    { numRuns: 100 },
  );
});
