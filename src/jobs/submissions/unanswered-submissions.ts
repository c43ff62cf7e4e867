import type { RunningJob } from '../../backends/api-job.ts';
import type { Clock } from '../../shared/clock.ts';
import { CLOCK_SKEW_MS, toApiChannel, toVersion } from './lost-answers.ts';
import type { Act } from './submission.ts';

/** Milliseconds after which a job that nobody has claimed counts as started elsewhere. */
export const CLAIM_MS = 10 * 60_000;

/** Acts whose POST has no answer yet, or lost it, in memory: a new job in their API channel may be theirs. */
export class UnansweredActs {
  readonly #clock: Clock;
  readonly #acts = new Map<string, Act>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(act: Act): void {
    const isUnanswered = act.state === 'sending' || act.state === 'unknown';
    if (isUnanswered && this.#isRecent(act)) this.#acts.set(act.id, act);
    else this.#acts.delete(act.id);
  }

  /** Whether one of them may have made this job, as far as its place and time tell. */
  mayHaveMade({ version, apiChannel, createdAt }: Pick<RunningJob, 'version' | 'apiChannel' | 'createdAt'>): boolean {
    for (const act of this.#acts.values()) if (!this.#isRecent(act)) this.#acts.delete(act.id);
    return [...this.#acts.values()].some((act) => {
      const ownChannel = toApiChannel(act);
      const isThere = ownChannel === undefined || apiChannel === undefined || apiChannel === ownChannel;
      const isLater = createdAt === undefined || createdAt >= sentAtOf(act) - CLOCK_SKEW_MS;
      return toVersion(act) === version && isThere && isLater;
    });
  }

  /** A clock that was set back does not make a claim last longer. */
  #isRecent(act: Act): boolean {
    return Math.abs(this.#clock.now() - sentAtOf(act)) < CLAIM_MS;
  }
}

function sentAtOf({ sentAt, askedAt }: Act): number {
  return sentAt ?? askedAt;
}
