/**
 * Time as the application sees it, so that tests can hold it still. The wall clock can be set while the process runs:
 * it is for what is stored, shown or compared with stored times; waits and durations go by `monotonicMs`.
 */
export interface Clock {
  /** Epoch milliseconds by the wall clock. */
  now(): number;
  /** Milliseconds since some moment before; never set, only differences mean anything. */
  monotonicMs(): number;
  /**
   * Resolves after `ms` milliseconds, whatever is done to the wall clock; rejects with the signal's reason
   * when it is aborted.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Ends a wait for which nobody waits any more: an error in its place is made, with its stack, for nobody to see. */
export const DONE = 'done';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep(ms, signal) {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', end, { once: true });
    return promise;
  },
};

/** Whether a stored time is less than `ms` ago. A time that is still to come is old: the clock was set back since. */
export function isYounger(at: number, ms: number, now: number): boolean {
  return at <= now && now - at < ms;
}
