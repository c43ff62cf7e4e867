import { randomBytes } from 'node:crypto';

const COUNTER_BITS = 12;
const COUNTERS = 2 ** COUNTER_BITS;
const VERSION_7 = 0x7000n;
const VARIANT = 0x8n << 60n;
const RANDOM_BITS = 60n;

/**
 * UUIDs of version 7 that rise within this process, whatever is done to its clock: entries that are added in one
 * transaction share its time, and differ by their ids alone.
 */
export class RisingIds {
  readonly #now: () => number;
  #lastMs = 0;
  #counter = 0;

  /** @param now Epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  next(): string {
    this.#count(Math.floor(this.#now()));
    const head = (BigInt(this.#lastMs) << 16n) | VERSION_7 | BigInt(this.#counter);
    const random = randomBytes(8).readBigUInt64BE() & ((1n << RANDOM_BITS) - 1n);
    const hex = ((head << 64n) | VARIANT | random).toString(16).padStart(32, '0');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  #count(now: number): void {
    this.#counter = now > this.#lastMs ? 0 : this.#counter + 1;
    this.#lastMs = Math.max(now, this.#lastMs);
    if (this.#counter < COUNTERS) return;
    this.#counter = 0;
    this.#lastMs += 1;
  }
}
