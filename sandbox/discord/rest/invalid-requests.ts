const WINDOW_MS = 10 * 60_000;
const COUNTED: readonly number[] = [401, 403, 429];

/**
 * Counts answers of 401, 403 and 429: after too many in ten minutes Discord shuts the address out for the rest of them.
 */
export class InvalidRequests {
  readonly #limit: number;
  #count = 0;
  #endsAt = 0;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  note(status: number, now: number): void {
    if (!COUNTED.includes(status)) return;
    if (now >= this.#endsAt) {
      this.#count = 0;
      this.#endsAt = now + WINDOW_MS;
    }
    this.#count += 1;
  }

  /** Milliseconds for which nothing is answered any more; `undefined` while all is well. */
  shutOutFor(now: number): number | undefined {
    return this.#count >= this.#limit && now < this.#endsAt ? this.#endsAt - now : undefined;
  }
}
