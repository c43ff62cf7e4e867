import type { Clock } from '../../shared/clock.ts';
import type { UnclaimedJob } from '../job-claims.ts';
import type { EchoedReferences } from './echoed-references.ts';
import { CLOCK_SKEW_MS, toApiChannel, toBoard } from './lost-answers.ts';
import type { Submission } from './submission.ts';

/** Milliseconds after which a job that nobody has claimed counts as started elsewhere. */
const CLAIM_MS = 10 * 60_000;

/** Submissions whose POST has no answer yet, or lost it, in memory: a new job in their API channel may be theirs. */
export class UnansweredSubmissions {
  readonly #clock: Clock;
  readonly #echoed: EchoedReferences;
  readonly #submissions = new Map<string, Submission>();

  constructor(clock: Clock, echoed: EchoedReferences) {
    this.#clock = clock;
    this.#echoed = echoed;
  }

  note(submission: Submission): void {
    const isUnanswered = submission.state === 'sending' || submission.state === 'unknown';
    if (isUnanswered && this.#isRecent(submission)) this.#submissions.set(submission.id, submission);
    else this.#submissions.delete(submission.id);
  }

  /** Whether one of them may have made this job, which carries no reference, as far as its place and time show. */
  mayHaveMade({ board, apiChannel, createdAt, isRead = false }: UnclaimedJob): boolean {
    return this.#recent().some((submission) => {
      if (isRead && this.#echoed.isExpectedOf(submission)) return false;
      const ownChannel = toApiChannel(submission);
      const isThere = ownChannel === undefined || apiChannel === undefined || apiChannel === ownChannel;
      const isLater = createdAt === undefined || createdAt >= sentAtOf(submission) - CLOCK_SKEW_MS;
      return toBoard(submission) === board && isThere && isLater;
    });
  }

  /** Whether one of them was made in this server. */
  hasAnyOf(guildId: string): boolean {
    return this.#recent().some((submission) => submission.guildId === guildId);
  }

  #recent(): readonly Submission[] {
    for (const submission of this.#submissions.values())
      if (!this.#isRecent(submission)) this.#submissions.delete(submission.id);
    return [...this.#submissions.values()];
  }

  /** A clock that was set back does not make a claim last longer. */
  #isRecent(submission: Submission): boolean {
    return Math.abs(this.#clock.now() - sentAtOf(submission)) < CLAIM_MS;
  }
}

function sentAtOf({ sentAt, askedAt }: Submission): number {
  return sentAt ?? askedAt;
}
