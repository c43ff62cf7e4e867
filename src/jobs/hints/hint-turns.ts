import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { HintLane } from './hint-lane.ts';

/**
 * `new`: something was learnt. `same`: nothing was, which is looked at once more, for a record may be behind the call
 * that tells of it. `early`: it cannot be known yet, and is looked at again for a while. `over`: nothing more can come.
 */
export type Look = 'new' | 'same' | 'early' | 'over';

export interface HintTurnsOptions {
  /** Looks at the jobs of a submission, reading each at most once. */
  readonly look: (ref: string, jobids: readonly string[]) => Promise<Look>;
  /** Whose submission it is: none takes all turns. Default: nobody's. */
  readonly tenantOf?: (ref: string) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Submissions that wait for a look at once, twice as many with those that claim an end; those beyond are left to the
   * next poll. Default 1,000.
   */
  readonly maxWaiting?: number;
}

interface Waiting {
  readonly jobids: Set<string>;
  /** Whether something that came since the last look claims an end; it may lie. */
  claimsEnd: boolean;
  /** Whether something came since the last look began. */
  isDue: boolean;
  looksLeft: Record<'same' | 'early', number>;
  wake: () => void;
  /** Leaves the lane in which it waits for one that is sooner. */
  pass: () => void;
}

/** Between two looks at one submission. */
const GAP_MS = 1_000;
/** Until another look where nothing came meanwhile. */
const AGAIN_MS = 1_000;
const EARLY_LOOKS = 60;
/** An end has to be read once anyhow, whoever claims it: more of them at once cost no more reads. */
const ENDS = { atOnce: 12, perTenant: 8, burst: 200 };
/** All that tells how far a job is, or claims an end in vain. */
const OTHERS = { atOnce: 4, perTenant: 2, burst: 40 };
const PASSED = Symbol('passed');
const MAX_WAITING = 1_000;
const MAX_WAITING_PER_TENANT = 200;
/** Of both, so many times more where an end is claimed: what waits already keeps none of them out. */
const ROOM_FOR_ENDS = 2;
/** Ids that are kept for one submission, which may have made several jobs. */
const MAX_IDS = 16;

/** When which hint is followed: whoever calls, and however often, causes a bounded number of looks. */
export class HintTurns {
  readonly #options: Required<HintTurnsOptions>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #waitingOf = new Map<string, number>();
  readonly #ends: HintLane;
  readonly #others: HintLane;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: HintTurnsOptions) {
    this.#options = { maxWaiting: MAX_WAITING, tenantOf: async () => undefined, ...options };
    this.#ends = new HintLane(ENDS, options.clock);
    this.#others = new HintLane(OTHERS, options.clock);
  }

  /** Takes a hint in; nothing of it need be true. One that claims an end is followed before all others. */
  add(ref: string, jobids: readonly string[], claimsEnd = false): void {
    if (this.#stopping.signal.aborted) return;
    const known = this.#waiting.get(ref);
    if (known !== undefined) addTo(known, jobids, claimsEnd);
    if (known !== undefined || this.#waiting.size >= toRoom(this.#options.maxWaiting, claimsEnd)) return;
    const waiting = toWaiting(jobids, claimsEnd);
    this.#waiting.set(ref, waiting);
    const running = this.#follow(ref, waiting).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Takes nothing more in; resolves when no look is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  /** Never rejects: what is not seen now is seen by the next poll. */
  async #follow(ref: string, waiting: Waiting): Promise<void> {
    const { tenantOf, logger } = this.#options;
    try {
      await this.#followFor(await tenantOf(ref), ref, waiting);
    } catch (thrown) {
      const isStopped = this.#stopping.signal.aborted;
      if (!isStopped) logger.warn({ error: toErrorMessage(thrown) }, 'A call back could not be followed.');
    } finally {
      this.#waiting.delete(ref);
    }
  }

  async #followFor(tenant: string | undefined, ref: string, waiting: Waiting): Promise<void> {
    const key = tenant ?? '';
    const count = this.#waitingOf.get(key) ?? 0;
    if (tenant !== undefined && count >= toRoom(MAX_WAITING_PER_TENANT, waiting.claimsEnd)) return;
    this.#waitingOf.set(key, count + 1);
    try {
      while (await this.#lookAndRest(ref, waiting, tenant));
    } finally {
      const left = (this.#waitingOf.get(key) ?? 1) - 1;
      if (left === 0) this.#waitingOf.delete(key);
      else this.#waitingOf.set(key, left);
    }
  }

  /** Returns whether there is to be another look. */
  async #lookAndRest(ref: string, waiting: Waiting, tenant: string | undefined): Promise<boolean> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    const seen = await this.#look(ref, waiting, tenant);
    await clock.sleep(GAP_MS, signal);
    if (waiting.isDue) return true;
    if (seen === 'new' || seen === 'over' || waiting.looksLeft[seen] === 0) return false;
    waiting.looksLeft[seen] -= 1;
    await this.#restUntilDue(waiting, signal);
    return true;
  }

  /** In the lane of what has come until it is its turn. */
  async #look(ref: string, waiting: Waiting, tenant: string | undefined): Promise<Look> {
    const claimedEnd = waiting.claimsEnd;
    const passing = new AbortController();
    if (!claimedEnd) waiting.pass = () => passing.abort(PASSED);
    const look = () => {
      waiting.pass = () => undefined;
      waiting.isDue = false;
      waiting.claimsEnd = false;
      return this.#options.look(ref, [...waiting.jobids]);
    };
    try {
      const signal = AbortSignal.any([this.#stopping.signal, passing.signal]);
      const seen = await (claimedEnd ? this.#ends : this.#others).run(look, { signal, tenant });
      // The record may be behind the call.
      if (seen === 'same' && claimedEnd) waiting.claimsEnd = true;
      return seen;
    } catch (thrown) {
      if (thrown !== PASSED) throw thrown;
      return this.#look(ref, waiting, tenant);
    }
  }

  async #restUntilDue(waiting: Waiting, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    waiting.wake = () => woken.abort();
    await this.#options.clock.sleep(AGAIN_MS, AbortSignal.any([signal, woken.signal])).catch(() => undefined);
    signal.throwIfAborted();
  }
}

function toRoom(most: number, claimsEnd: boolean): number {
  return claimsEnd ? most * ROOM_FOR_ENDS : most;
}

function toWaiting(jobids: readonly string[], claimsEnd: boolean): Waiting {
  return {
    jobids: new Set(jobids.slice(0, MAX_IDS)),
    claimsEnd,
    isDue: true,
    looksLeft: { same: 1, early: EARLY_LOOKS },
    wake: () => undefined,
    pass: () => undefined,
  };
}

function addTo(waiting: Waiting, jobids: readonly string[], claimsEnd: boolean): void {
  for (const jobid of jobids) if (waiting.jobids.size < MAX_IDS) waiting.jobids.add(jobid);
  waiting.isDue = true;
  waiting.claimsEnd ||= claimsEnd;
  if (claimsEnd) waiting.pass();
  waiting.wake();
}
