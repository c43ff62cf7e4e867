import type { Clock } from '../shared/clock.ts';

/** Runs that go on, by tenant; those of nobody are not counted. */
export type HeldByTenant = ReadonlyMap<string, number>;

/**
 * Shares the slots of one worker among tenants. A tenant gets no slot while it holds as many as are free, so that one
 * alone has half of them, two a third each, and one that comes always finds some. Whoever had a turn waits until all
 * others who have something due had theirs.
 */
export class TenantTurns {
  readonly #clock: Clock;
  readonly #aloneMs: number;
  /** Who had a turn in this round. */
  readonly #had = new Set<string>();
  /** Until when nobody else is looked for, by the monotonic clock. */
  #aloneUntil = Number.NEGATIVE_INFINITY;

  /** @param aloneMs Milliseconds after which one that was alone is no longer taken to be. */
  constructor(clock: Clock, aloneMs: number) {
    this.#clock = clock;
    this.#aloneMs = aloneMs;
  }

  /** Those who get nothing now. */
  passedOver(held: HeldByTenant, free: number): readonly string[] {
    const full = [...held].filter(([, count]) => count >= free).map(([tenant]) => tenant);
    return this.#isAlone ? full : [...new Set([...full, ...this.#had])];
  }

  /** How many may be given now, so that nobody gets more than is due to one. */
  toMost(held: HeldByTenant, free: number, passedOver: readonly string[]): number {
    const others = [...held].filter(([tenant]) => !passedOver.includes(tenant)).map(([, count]) => count);
    return Math.max(1, Math.ceil((free - Math.max(0, ...others)) / 2));
  }

  note(tenants: Iterable<string | undefined>): void {
    for (const tenant of tenants) if (tenant !== undefined) this.#had.add(tenant);
  }

  /** Begins the next round when nobody else has anything due; `false` where nobody had a turn in this one. */
  beginRound(): boolean {
    if (this.#had.size === 0 || this.#isAlone) return false;
    if (this.#had.size === 1) this.#aloneUntil = this.#clock.monotonicMs() + this.#aloneMs;
    this.#had.clear();
    return true;
  }

  /** Others may have something due now. */
  expectOthers(): void {
    this.#aloneUntil = Number.NEGATIVE_INFINITY;
  }

  get #isAlone(): boolean {
    return this.#clock.monotonicMs() < this.#aloneUntil;
  }
}
