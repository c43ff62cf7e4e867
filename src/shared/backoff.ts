export interface BackoffOptions {
  /** Milliseconds after the first failure; twice as many after each further one. */
  readonly firstMs: number;
  /** Milliseconds at most. */
  readonly maxMs: number;
  /** By which part a pause may be shortened at random, 0 to 1; default 0. */
  readonly jitter?: number;
}

/** Doublings that are counted; without a bound a `firstMs` of 0 would become no number. */
const MAX_DOUBLINGS = 50;

/**
 * Milliseconds to wait after so many failures in a row.
 * @param failures From 1; with none there is nothing to wait for.
 * @param random In [0, 1); matters only with `jitter`.
 */
export function toBackoffMs({ firstMs, maxMs, jitter = 0 }: BackoffOptions, failures: number, random = 0): number {
  if (failures < 1) return 0;
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, MAX_DOUBLINGS));
  return fullMs * (1 - jitter * random);
}
