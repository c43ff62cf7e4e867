import type { Clock } from '../../../src/shared/clock.ts';

const DISCORD_EPOCH = 1_420_070_400_000n;

/** Milliseconds since 1970 at which an id was made. */
export function toSnowflakeTime(id: string): number {
  return Number((BigInt(id) >> 22n) + DISCORD_EPOCH);
}

/** The lowest id of a moment, for comparisons. */
export function toSnowflake(at: number): string {
  return ((BigInt(at) - DISCORD_EPOCH) << 22n).toString();
}

/** Compares two ids by age: negative when `a` is older. */
export function compareSnowflakes(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** Makes ids as Discord does: from the clock, unique, and rising even when the clock stands still or goes back. */
export class SnowflakeSource {
  readonly #clock: Clock;
  // Below every moment that matters, so that a clock near zero still gives 19 digits.
  #last = 1_300_000_000_000_000_000n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): string {
    const fromClock = BigInt(toSnowflake(this.#clock.now()));
    this.#last = fromClock > this.#last ? fromClock : this.#last + 1n;
    return this.#last.toString();
  }
}
