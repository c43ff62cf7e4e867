import type { Clock } from '../../shared/clock.ts';

const FRESH_MS = 5 * 60_000;

/** Boards of which news comes by calls back, in memory: they need not be looked at as often. */
export class HintedBoards {
  readonly #clock: Clock;
  readonly #lastAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A call back was the first to tell something true. */
  note(board: string): void {
    this.#lastAt.set(board, this.#clock.monotonicMs());
  }

  /** A look found what a call back should have told. */
  forget(board: string): void {
    this.#lastAt.delete(board);
  }

  /** Forgets boards that are gone for good. */
  forgetAll(isGone: (board: string) => boolean): void {
    for (const board of this.#lastAt.keys()) if (isGone(board)) this.#lastAt.delete(board);
  }

  /** How many boards are remembered. */
  get size(): number {
    return this.#lastAt.size;
  }

  isHinted(board: string): boolean {
    const lastAt = this.#lastAt.get(board);
    return lastAt !== undefined && this.#clock.monotonicMs() - lastAt < FRESH_MS;
  }
}
