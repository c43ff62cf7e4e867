import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { Limiter } from '../../shared/limiter.ts';
import type { Logger } from '../../shared/logger.ts';

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
  /** Submissions that wait for a look at once; those beyond are left to the next poll. Default 1,000. */
  readonly maxWaiting?: number;
}

interface Waiting {
  readonly jobids: Set<string>;
  /** Whether something came since the last look began. */
  isDue: boolean;
  looksLeft: Record<'same' | 'early', number>;
  wake: () => void;
}

/** Between two looks at one submission. */
const GAP_MS = 1_000;
/** Until another look where nothing came meanwhile. */
const AGAIN_MS = 1_000;
const EARLY_LOOKS = 60;
/** For all together: so many looks at once, and then one in each pause. */
const BURST = 40;
const PAUSE_MS = 50;
const CONCURRENT_LOOKS = 8;
const LOOKS_PER_TENANT = 4;
const MAX_WAITING = 1_000;
const MAX_WAITING_PER_TENANT = 200;
/** Ids that are kept for one submission, which may have made several jobs. */
const MAX_IDS = 16;

/** When which hint is followed: whoever calls, and however often, causes a bounded number of looks. */
export class HintTurns {
  readonly #options: Required<HintTurnsOptions>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #waitingOf = new Map<string, number>();
  readonly #limiter = new Limiter(CONCURRENT_LOOKS, { perTenant: LOOKS_PER_TENANT });
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** By the monotonic clock: when the pauses of all looks so far are over. */
  #pausedUntil = 0;

  constructor(options: HintTurnsOptions) {
    this.#options = { maxWaiting: MAX_WAITING, tenantOf: async () => undefined, ...options };
  }

  /** Takes a hint in; nothing of it need be true. */
  add(ref: string, jobids: readonly string[]): void {
    if (this.#stopping.signal.aborted) return;
    const known = this.#waiting.get(ref);
    if (known !== undefined) addTo(known, jobids);
    if (known !== undefined || this.#waiting.size >= this.#options.maxWaiting) return;
    const waiting = toWaiting(jobids);
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
    if (tenant !== undefined && count >= MAX_WAITING_PER_TENANT) return;
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
    const { look, clock } = this.#options;
    const { signal } = this.#stopping;
    const seen = await this.#limiter.run(
      async () => {
        await this.#pause(signal);
        waiting.isDue = false;
        return look(ref, [...waiting.jobids]);
      },
      { signal, tenant },
    );
    await clock.sleep(GAP_MS, signal);
    if (waiting.isDue) return true;
    if (seen === 'new' || seen === 'over' || waiting.looksLeft[seen] === 0) return false;
    waiting.looksLeft[seen] -= 1;
    await this.#restUntilDue(waiting, signal);
    return true;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const now = clock.monotonicMs();
    this.#pausedUntil = Math.max(this.#pausedUntil, now) + PAUSE_MS;
    await clock.sleep(Math.max(0, this.#pausedUntil - now - BURST * PAUSE_MS), signal);
  }

  async #restUntilDue(waiting: Waiting, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    waiting.wake = () => woken.abort();
    await this.#options.clock.sleep(AGAIN_MS, AbortSignal.any([signal, woken.signal])).catch(() => undefined);
    signal.throwIfAborted();
  }
}

function toWaiting(jobids: readonly string[]): Waiting {
  return {
    jobids: new Set(jobids.slice(0, MAX_IDS)),
    isDue: true,
    looksLeft: { same: 1, early: EARLY_LOOKS },
    wake: () => undefined,
  };
}

function addTo(waiting: Waiting, jobids: readonly string[]): void {
  for (const jobid of jobids) if (waiting.jobids.size < MAX_IDS) waiting.jobids.add(jobid);
  waiting.isDue = true;
  waiting.wake();
}
