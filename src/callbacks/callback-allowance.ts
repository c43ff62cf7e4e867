import type { Clock } from '../shared/clock.ts';

export interface CallbackLimits {
  /** Calls for one submission that may be arriving at the same time; default 4. */
  readonly atOnce?: number;
  /** Calls for one submission that may follow one another at once; default 60. */
  readonly burst?: number;
  /** Calls for one submission a second, once that is used up; default 5. */
  readonly perSecond?: number;
  /** Bytes that all bodies that are arriving may have together beyond the first of each; default 16 MiB. */
  readonly totalBytes?: number;
  /**
   * First bytes of each body, which count for nothing, so that a few large ones keep no small one out; default 32 KiB.
   */
  readonly freeBytes?: number;
}

interface Caller {
  arriving: number;
  /** Calls that may come now. */
  left: number;
  /** When `left` was right, by the monotonic clock. */
  at: number;
}

const DEFAULTS: Required<CallbackLimits> = {
  atOnce: 4,
  burst: 60,
  perSecond: 5,
  totalBytes: 16 * 1024 * 1024,
  freeBytes: 32 * 1024,
};

/** What calls may take: each submission so much, whoever has its address, and all together so many bytes. */
export class CallbackAllowance {
  readonly #limits: Required<CallbackLimits>;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** In the order of their last call. */
  readonly #callers = new Map<string, Caller>();
  #bytes = 0;

  constructor(limits: CallbackLimits, clock: Pick<Clock, 'monotonicMs'>) {
    this.#limits = { ...DEFAULTS, ...limits };
    this.#clock = clock;
  }

  /** Submissions of which something is remembered. */
  get size(): number {
    return this.#callers.size;
  }

  /** Bytes that are being held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a call; what it returns ends it. Undefined where this submission has called too often. */
  enter(ref: string): (() => void) | undefined {
    const caller = this.#refill(ref);
    this.#forgetRested();
    this.#callers.delete(ref);
    this.#callers.set(ref, caller);
    if (caller.arriving >= this.#limits.atOnce || caller.left < 1) return undefined;
    caller.arriving += 1;
    caller.left -= 1;
    return () => {
      caller.arriving -= 1;
    };
  }

  /** The bytes of one body as it comes. */
  beginBody(): BodyBytes {
    let [size, held] = [0, 0];
    return {
      take: (bytes) => {
        size += bytes;
        const more = Math.max(0, size - this.#limits.freeBytes) - held;
        if (this.#bytes + more > this.#limits.totalBytes) return false;
        held += more;
        this.#bytes += more;
        return true;
      },
      end: () => {
        this.#bytes -= held;
        held = 0;
      },
    };
  }

  #refill(ref: string): Caller {
    const { burst, perSecond } = this.#limits;
    const now = this.#clock.monotonicMs();
    const known = this.#callers.get(ref) ?? { arriving: 0, left: burst, at: now };
    known.left = Math.min(burst, known.left + ((now - known.at) / 1_000) * perSecond);
    known.at = now;
    return known;
  }

  /** Those that have all their calls again are as if they had never called. */
  #forgetRested(): void {
    const restMs = (this.#limits.burst / this.#limits.perSecond) * 1_000;
    const now = this.#clock.monotonicMs();
    for (const [ref, { arriving, at }] of this.#callers) {
      if (arriving > 0 || now - at < restMs) return;
      this.#callers.delete(ref);
    }
  }
}

export interface BodyBytes {
  /** Counts bytes that have come; `false` where there is no room for them. */
  take(bytes: number): boolean;
  /** Gives back what was counted. */
  end(): void;
}
