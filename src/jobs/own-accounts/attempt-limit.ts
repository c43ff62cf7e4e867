import type { Clock } from '../../shared/clock.ts';

const WINDOW_MS = 60 * 60_000;
const MAX_ATTEMPTS = 20;

/** Lets each server try accounts only so often in an hour: nobody guesses secrets or asks around through the bot. */
export class AttemptLimit {
  readonly #clock: Clock;
  readonly #attempts = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts an attempt; false where there were too many. */
  take(guildId: string): boolean {
    const now = this.#clock.monotonicMs();
    this.#forgetOld(now);
    const recent = (this.#attempts.get(guildId) ?? []).filter((at) => now - at < WINDOW_MS);
    if (recent.length >= MAX_ATTEMPTS) return false;
    this.#attempts.set(guildId, [...recent, now]);
    return true;
  }

  /** Servers of which something is remembered. */
  get size(): number {
    return this.#attempts.size;
  }

  #forgetOld(now: number): void {
    for (const [guildId, attempts] of this.#attempts) {
      if (now - (attempts.at(-1) ?? 0) >= WINDOW_MS) this.#attempts.delete(guildId);
    }
  }
}
