import type { Job } from '../../jobs/job.ts';
import type { IndexedJob, JobIndex } from '../../jobs/job-index.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Samples } from '../../notifications/delivery/samples.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import { UserError } from '../../shared/errors.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import { sampleWords } from './words.ts';

export interface RuleSamplesOptions {
  readonly samples: Pick<Samples, 'post'>;
  readonly index: JobIndex;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly gate: Pick<ReviewGate, 'concealmentOf'>;
}

/** Chooses the job that a sample of a rule shows. */
export class RuleSamples {
  readonly #options: RuleSamplesOptions;

  constructor(options: RuleSamplesOptions) {
    this.#options = options;
  }

  /**
   * Posts the card of the last job that ended, else of one that runs, as the rule would, without its mention, and
   * returns the message's address.
   * @throws UserError
   */
  async post(rule: Rule): Promise<string> {
    const posted = await this.#options.samples.post(rule, await this.#lastJob(rule.guildId));
    if (posted.outcome === 'posted') return posted.link;
    throw new UserError('sample-refused', sampleWords.refused(posted.says, rule.channelId));
  }

  async #lastJob(guildId: string): Promise<Job> {
    const { index, gate } = this.#options;
    const everyone = { guildId, isReviewer: false };
    const known = index.search('', guildId, Number.POSITIVE_INFINITY);
    const isShown = (job: IndexedJob) => gate.concealmentOf(job, everyone) === undefined;
    const best = known.find((job) => job.isOver && isShown(job)) ?? known.find(isShown);
    const job = best === undefined ? undefined : await this.#options.jobs.get(best.ref);
    if (job !== undefined) return job;
    throw new UserError('sample-empty', sampleWords.noJob());
  }
}
