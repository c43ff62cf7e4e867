import { toBackoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';

interface BoardHealth {
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly unreachableSince: number;
  /** By the monotonic clock. */
  readonly nextTryAt: number;
  readonly sentence: string;
}

/** What is known of a board whose list fails again and again. */
export interface Outage {
  readonly board: string;
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

/** Keeps which boards fail since when, and when to try them again. */
export class ApiHealth {
  readonly #boards = new Map<string, BoardHealth>();
  /** When each list was had last, by the monotonic clock. */
  readonly #listedAt = new Map<string, number>();
  readonly #options: Required<ApiHealthOptions>;

  constructor(options: ApiHealthOptions) {
    this.#options = { maxBackoffMs: MAX_BACKOFF_MS, random: Math.random, ...options };
  }

  outages(): readonly Outage[] {
    return Array.from(this.#boards, ([board, { unreachableSince, sentence }]) => ({
      board,
      unreachableSince,
      sentence,
    }));
  }

  mayTry(board: string, clock: Clock): boolean {
    const nextTryAt = this.#boards.get(board)?.nextTryAt;
    return nextTryAt === undefined || clock.monotonicMs() >= nextTryAt;
  }

  noteSuccess(board: string, clock: Clock): void {
    this.#boards.delete(board);
    this.#listedAt.set(board, clock.monotonicMs());
  }

  /** Forgets boards that are gone for good. */
  forget(isGone: (board: string) => boolean): void {
    for (const known of [this.#boards, this.#listedAt])
      for (const board of known.keys()) if (isGone(board)) known.delete(board);
  }

  /** Milliseconds since a board's list was had last; undefined where it never was. */
  listAgeMs(board: string, clock: Clock): number | undefined {
    const listedAt = this.#listedAt.get(board);
    return listedAt === undefined ? undefined : clock.monotonicMs() - listedAt;
  }

  /**
   * The first failures are tried again at the next tick, later ones after a wait that doubles, less up to
   * a half at random.
   */
  noteFailure(board: string, clock: Clock, sentence: string): void {
    const before = this.#boards.get(board);
    const failures = (before?.failures ?? 0) + 1;
    const { pollIntervalMs, maxBackoffMs, random } = this.#options;
    const pauses = { firstMs: pollIntervalMs, maxMs: maxBackoffMs, jitter: 0.5 };
    const nextTryAt = clock.monotonicMs() + toBackoffMs(pauses, failures - 1, random());
    const unreachableSince = Math.min(before?.unreachableSince ?? clock.now(), clock.now());
    this.#boards.set(board, { failures, unreachableSince, nextTryAt, sentence });
  }
}
