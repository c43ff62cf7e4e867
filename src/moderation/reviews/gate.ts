import { endOf, isVisibleTo, type Job } from '../../jobs/job.ts';
import type { ServedGuilds } from '../../shared/served-guilds.ts';
import type { GuildSettings } from '../guild-settings.ts';
import type { Words } from '../listed-words.ts';
import type { OpenReason, Reviews } from './reviews.ts';

export interface GateOptions {
  readonly reviews: Reviews;
  readonly settings: GuildSettings;
  readonly words: Words;
  readonly served: Pick<ServedGuilds, 'ids'>;
}

/** What of a job decides whether it is held. */
type GatedJob = Pick<Job, 'ref' | 'status' | 'prompt' | 'requestedBy' | 'finalAt' | 'goneAt' | 'updatedAt'> & {
  readonly firstSeenAt?: number;
  /** In place of these times, where no more is known. */
  readonly endedAt?: number;
};

/** Decides which jobs are held for review, and what may be shown of them. */
export class Gate {
  readonly #reviews: Reviews;
  readonly #settings: GuildSettings;
  readonly #words: Words;
  readonly #served: Pick<ServedGuilds, 'ids'>;

  constructor({ reviews, settings, words, served }: GateOptions) {
    this.#reviews = reviews;
    this.#settings = settings;
    this.#words = words;
    this.#served = served;
  }

  /**
   * Opens the reviews that a completed job needs, in each server that may know of it; idempotent.
   * To be called before a job is shown that was first met when it had ended: no transition reports that one.
   */
  async admit(job: Job): Promise<void> {
    if (job.status !== 'completed') return;
    for (const guildId of this.#served.ids()) {
      const reason = isVisibleTo(job, guildId) ? this.#toReason(guildId, job) : undefined;
      if (reason !== undefined) await this.#reviews.open(guildId, job.ref, reason);
    }
  }

  /** Whether a server may be shown no more of this job than that it awaits review; reviewers see it. From memory. */
  isHeldFor(guildId: string, ref: string, isReviewer: boolean): boolean {
    return !isReviewer && this.#reviews.isHeld(guildId, ref);
  }

  /**
   * The same for any job: what will be held is not shown before, nor when it ends without a result to be reviewed: a
   * cancel or a failure would pass its previews by the reviewers. From memory.
   */
  hidesResult(guildId: string, job: GatedJob, isReviewer: boolean): boolean {
    if (isReviewer) return false;
    if (this.#reviews.isHeld(guildId, job.ref)) return true;
    return job.status !== 'completed' && this.#toReason(guildId, job) !== undefined;
  }

  #toReason(guildId: string, job: GatedJob): OpenReason | undefined {
    const requester = job.requestedBy === undefined ? {} : { requestedBy: job.requestedBy };
    const check = this.#words.check(guildId, job.prompt ?? '');
    // A word that refuses finds only prompts of jobs that were started elsewhere: nothing was left to refuse.
    if (check.outcome !== 'ok') return { why: 'word', word: check.word, ...requester };
    const { mode, onSince = 0 } = this.#settings.get(guildId).review;
    const wasShownBefore = (job.endedAt ?? endOf(job) ?? onSince) < onSince;
    return mode === 'on' && !wasShownBefore ? { why: 'mode', ...requester } : undefined;
  }
}
