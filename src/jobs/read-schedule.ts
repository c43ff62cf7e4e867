import { toBackoffMs } from '../shared/backoff.ts';

interface ReadState {
  /** Whether the job stood in its list when this was noted; what was noted otherwise counts no more. */
  readonly isListed: boolean;
  /** Reads in a row that gave no record. */
  readonly failures: number;
  /** By the monotonic clock, as every time here. */
  readonly nextReadAt: number;
  /** When the API first answered that it does not know the job. */
  readonly missingSince?: number;
}

const WAITS = { firstMs: 15_000, maxMs: 5 * 60_000 };
const KEPT_MS = 60 * 60_000;

/** Which jobs may be read when, in memory: one whose reads fail is read less and less often, up to every 5 minutes. */
export class ReadSchedule {
  readonly #states = new Map<string, ReadState>();

  /** A job that has just left its list may be read at once. */
  mayRead(jobid: string, isListed: boolean, now: number): boolean {
    return now >= (this.#stateOf(jobid, isListed)?.nextReadAt ?? 0);
  }

  /** Whether a record was read since the job left its list. */
  isReadUnlisted(jobid: string): boolean {
    return this.#stateOf(jobid, false)?.failures === 0;
  }

  /** What was found out while the job stood in no list is void. */
  noteListed(jobid: string): void {
    if (this.#states.get(jobid)?.isListed === false) this.#states.delete(jobid);
  }

  noteRead(jobid: string, isListed: boolean): void {
    if (isListed) this.#states.delete(jobid);
    else this.#states.set(jobid, { isListed, failures: 0, nextReadAt: 0 });
  }

  /** The first failure is tried again at the next tick, later ones after a wait that doubles. */
  noteFailure(jobid: string, isListed: boolean, now: number): void {
    const state = this.#stateOf(jobid, isListed);
    const failures = (state?.failures ?? 0) + 1;
    const nextReadAt = now + toBackoffMs(WAITS, failures - 1);
    this.#states.set(jobid, { ...state, isListed, failures, nextReadAt });
  }

  /** Takes in that the API does not know a job that stands in no list; returns whether it said so before. */
  noteMissing(jobid: string, now: number): boolean {
    const state = this.#stateOf(jobid, false) ?? { isListed: false, failures: 0, nextReadAt: 0 };
    if (state.missingSince !== undefined) return now > state.missingSince;
    this.#states.set(jobid, { ...state, missingSince: now });
    return false;
  }

  forget(jobid: string): void {
    this.#states.delete(jobid);
  }

  /** Drops what is known of jobs that were not read for an hour and that `isFollowed` denies. */
  prune(now: number, isFollowed: (jobid: string) => boolean): void {
    for (const [jobid, { nextReadAt }] of this.#states)
      if (now - nextReadAt > KEPT_MS && !isFollowed(jobid)) this.#states.delete(jobid);
  }

  #stateOf(jobid: string, isListed: boolean): ReadState | undefined {
    const state = this.#states.get(jobid);
    return state?.isListed === isListed ? state : undefined;
  }
}
