import type { ApiVersion } from '../backends/api-job.ts';
import { toBackoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';

interface VersionHealth {
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly unreachableSince: number;
  /** By the monotonic clock. */
  readonly nextTryAt: number;
  readonly sentence: string;
}

/** What is known of a version whose list fails again and again. */
export interface Outage {
  readonly version: ApiVersion;
  readonly unreachableSince: number;
  /** What the last try got, for people. */
  readonly sentence: string;
}

export interface ApiHealthOptions {
  readonly pollIntervalMs: number;
  /** Milliseconds between tries at the most; default 5 minutes. */
  readonly maxBackoffMs?: number;
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

const MAX_BACKOFF_MS = 300_000;

/** Keeps which API versions fail since when, and when to try them again. */
export class ApiHealth {
  readonly #versions = new Map<ApiVersion, VersionHealth>();
  readonly #options: Required<ApiHealthOptions>;

  constructor(options: ApiHealthOptions) {
    this.#options = { maxBackoffMs: MAX_BACKOFF_MS, random: Math.random, ...options };
  }

  outages(): readonly Outage[] {
    return Array.from(this.#versions, ([version, { unreachableSince, sentence }]) => ({
      version,
      unreachableSince,
      sentence,
    }));
  }

  mayTry(version: ApiVersion, clock: Clock): boolean {
    const nextTryAt = this.#versions.get(version)?.nextTryAt;
    return nextTryAt === undefined || clock.monotonicMs() >= nextTryAt;
  }

  noteSuccess(version: ApiVersion): void {
    this.#versions.delete(version);
  }

  /**
   * The first failures are tried again at the next tick, later ones after a wait that doubles, less up to
   * a half at random.
   */
  noteFailure(version: ApiVersion, clock: Clock, sentence: string): void {
    const before = this.#versions.get(version);
    const failures = (before?.failures ?? 0) + 1;
    const { pollIntervalMs, maxBackoffMs, random } = this.#options;
    const pauses = { firstMs: pollIntervalMs, maxMs: maxBackoffMs, jitter: 0.5 };
    const nextTryAt = clock.monotonicMs() + toBackoffMs(pauses, failures - 1, random());
    const unreachableSince = Math.min(before?.unreachableSince ?? clock.now(), clock.now());
    this.#versions.set(version, { failures, unreachableSince, nextTryAt, sentence });
  }
}
