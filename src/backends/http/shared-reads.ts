import type { Clock } from '../../shared/clock.ts';
import { Flights, runAlone, type Wait } from './flights.ts';
import type { CallControl } from './transport.ts';

/**
 * Reads that are shared by all who ask for the same at the same time, and lists that are kept for a while. What was
 * asked before a write is neither joined nor given again after it.
 */
export class SharedReads<List> {
  readonly #clock: Clock;
  readonly #flights: Flights;
  readonly #lists = new Map<string, { readonly epoch: number; readonly list: List; readonly readAt: number }>();
  /** Changes whenever a write begins and ends. */
  #epoch = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#flights = new Flights(clock);
  }

  /** Joins the read under `key`, or starts it; a fresh one is nobody's but the caller's. */
  read<T>(key: string, wait: Wait, start: (control: CallControl) => Promise<T>): Promise<T> {
    if (wait.isFresh === true) return runAlone(this.#clock, wait, start);
    return this.#flights.share(`read ${this.#epoch} ${key}`, wait, start);
  }

  /**
   * The list under `key`, if it was read after the last write and is no older than `maxAgeMs`; else it is read, or
   * the read under way is joined.
   */
  async list(key: string, maxAgeMs: number, wait: Wait, start: (control: CallControl) => Promise<List>): Promise<List> {
    const known = this.#lists.get(key);
    const isFresh = known !== undefined && this.#clock.monotonicMs() - known.readAt <= maxAgeMs;
    if (maxAgeMs > 0 && isFresh && known.epoch === this.#epoch) return known.list;
    const epoch = this.#epoch;
    return this.#flights.share(`list ${epoch} ${key}`, wait, async (control) => {
      const list = await start(control);
      if (epoch === this.#epoch) this.#lists.set(key, { epoch, list, readAt: this.#clock.monotonicMs() });
      return list;
    });
  }

  /** Runs a write by itself. */
  async write<T>(wait: Wait, start: (control: CallControl) => Promise<T>): Promise<T> {
    this.#epoch += 1;
    try {
      return await runAlone(this.#clock, wait, start);
    } finally {
      this.#epoch += 1;
    }
  }
}
