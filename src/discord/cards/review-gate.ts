import { type AccountNames, withAccountName } from '../../jobs/account-names.ts';
import { type Concealment, concealJob } from '../../jobs/concealed-job.ts';
import { isOver, type Job } from '../../jobs/job.ts';
import type { IndexedJob } from '../../jobs/job-index.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { Gate } from '../../moderation/reviews/gate.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import type { Caller } from '../core/caller.ts';

/** Who will see an answer: a message that others see as well is for no reviewers, whoever asked for it. */
export interface Audience {
  readonly guildId: string;
  readonly isReviewer: boolean;
}

/** What may be shown of jobs that are held for review, or will be. Returns from memory. */
export interface ReviewGate {
  /** Whether a result waits for its review, or did not pass it: only reviewers see more than that. */
  isHiddenFrom(caller: Caller, ref: string): boolean;
  /** `isPrivate`: whether the caller alone sees the answer. */
  audienceOf(caller: Caller, isPrivate: boolean): Audience;
  /**
   * The job as it may be shown: as it is, or a copy without what was asked for and made; with its account's name where
   * the server has several.
   */
  conceal(job: Job, audience: Audience): Job;
  /** Why this job of the index may not be shown; none where it may. */
  concealmentOf(job: IndexedJob, audience: Audience): Concealment | undefined;
}

export interface ReviewGateOptions {
  readonly gate: Gate;
  readonly reviews: Pick<Reviews, 'isOpen'>;
  readonly permissions: Permissions;
  /** Names the account of a job, where the server has several. */
  readonly accounts: Pick<AccountNames, 'nameIn'>;
}

/** Asks the moderation what to hide from whom. */
export class GuildReviewGate implements ReviewGate {
  readonly #gate: Gate;
  readonly #reviews: Pick<Reviews, 'isOpen'>;
  readonly #permissions: Permissions;
  readonly #accounts: Pick<AccountNames, 'nameIn'>;

  constructor({ gate, reviews, permissions, accounts }: ReviewGateOptions) {
    this.#accounts = accounts;
    this.#gate = gate;
    this.#reviews = reviews;
    this.#permissions = permissions;
  }

  /** Whether nobody but reviewers may see the result. */
  isHeld(guildId: string, ref: string): boolean {
    return this.#gate.isHeldFor(guildId, ref, false);
  }

  isHiddenFrom(caller: Caller, ref: string): boolean {
    const { guildId, isReviewer } = this.audienceOf(caller, true);
    return this.#gate.isHeldFor(guildId, ref, isReviewer);
  }

  audienceOf(caller: Caller, isPrivate: boolean): Audience {
    return { guildId: caller.guildId, isReviewer: isPrivate && this.#permissions.isAllowed('review', caller) };
  }

  conceal(job: Job, { guildId, isReviewer }: Audience): Job {
    const isWhole = job.concealed !== undefined || !this.#gate.hidesResult(guildId, job, isReviewer);
    const shown = isWhole ? job : concealJob(job, this.#toConcealment(guildId, job.ref, isOver(job)));
    return withAccountName(shown, this.#accounts.nameIn(guildId, job.board));
  }

  concealmentOf(job: IndexedJob, { guildId, isReviewer }: Audience): Concealment | undefined {
    if (!this.#gate.hidesResult(guildId, job, isReviewer)) return undefined;
    return this.#toConcealment(guildId, job.ref, job.isOver);
  }

  #toConcealment(guildId: string, ref: string, hasEnded: boolean): Concealment {
    if (!hasEnded) return 'running';
    if (!this.isHeld(guildId, ref)) return 'ended';
    return this.#reviews.isOpen(guildId, ref) ? 'awaiting' : 'refused';
  }
}
