import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { isDoneWithin } from '../shared/done-within.ts';
import { AppError } from '../shared/errors.ts';
import type { Check } from './check.ts';
import {
  checkGateway,
  checkList,
  checkQueue,
  checkStore,
  type GatewayFacts,
  type ListFacts,
  type ProbeFacts,
} from './readiness-checks.ts';

/** How the running bot is asked. What rejects counts as not there. */
export interface ReadinessProbes {
  gateway(): GatewayFacts;
  /** Writes something into the store. */
  writeStore(): Promise<void>;
  /** Milliseconds for which the next look at the API has been due; undefined where it is not. */
  readQueue(): Promise<number | undefined>;
  /** Of the operator's accounts. */
  lists(): readonly ListFacts[];
}

const ANSWER_MS = 3_000;
/** Whoever asks more often gets the same answer again. */
const KEPT_MS = 2_000;

/** Says whether the bot can do its work, one check for each thing that it needs. */
export class Readiness {
  readonly #probes: ReadinessProbes;
  readonly #clock: Clock;
  #last: { readonly at: number; readonly checks: Promise<readonly Check[]> } | undefined;

  constructor(probes: ReadinessProbes, clock: Clock) {
    this.#probes = probes;
    this.#clock = clock;
  }

  /** Never rejects. */
  checks(): Promise<readonly Check[]> {
    const now = this.#clock.monotonicMs();
    if (this.#last === undefined || now - this.#last.at >= KEPT_MS) this.#last = { at: now, checks: this.#check() };
    return this.#last.checks;
  }

  async #check(): Promise<readonly Check[]> {
    let oldestDueMs: number | undefined;
    const [store, queue] = await Promise.all([
      probe(this.#probes.writeStore()),
      probe(
        this.#probes.readQueue().then((ms) => {
          oldestDueMs = ms;
        }),
      ),
    ]);
    const lists = this.#probes.lists().map(checkList);
    return [
      checkGateway(this.#probes.gateway()),
      checkStore(store),
      checkQueue({ ...queue, ...compact({ oldestDueMs }) }),
      ...lists,
    ];
  }
}

/** Never rejects, and waits no longer than a few seconds. */
export async function probe(work: Promise<void>): Promise<ProbeFacts> {
  try {
    return (await isDoneWithin(work, ANSWER_MS)) ? { isAnswered: true } : { isAnswered: false, problem: 'no answer' };
  } catch (thrown) {
    return { isAnswered: false, problem: thrown instanceof AppError ? thrown.code : 'unknown' };
  }
}
