import { DONE, systemClock } from './clock.ts';

/** Whether `work` ends within so many milliseconds; it goes on in any case. Rejects with `work`. */
export async function isDoneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timeout = new AbortController();
  const isTooLate = systemClock.sleep(ms, timeout.signal).then(
    () => false,
    () => false,
  );
  const isDone = await Promise.race([work.then(() => true), isTooLate]);
  timeout.abort(DONE);
  return isDone;
}
