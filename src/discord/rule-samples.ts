import { randomUUID } from 'node:crypto';
import type { Job } from '../jobs/job.ts';
import type { JobIndex } from '../jobs/job-index.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { type ChannelPoster, PostError } from '../notifications/channel-poster.ts';
import type { Rule } from '../notifications/rule.ts';
import { UserError } from '../shared/errors.ts';
import type { ReviewGate } from './review-gate.ts';

export interface RuleSamplesOptions {
  readonly poster: ChannelPoster;
  readonly index: JobIndex;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly gate: Pick<ReviewGate, 'concealmentOf'>;
}

/** Posts samples of rules. */
export class RuleSamples {
  readonly #options: RuleSamplesOptions;

  constructor(options: RuleSamplesOptions) {
    this.#options = options;
  }

  /** Posts the card of the last job as the rule would, without its mention, and answers the message's address. @throws UserError */
  async post(rule: Rule): Promise<string> {
    const job = await this.#lastJob(rule.guildId);
    const { poster } = this.#options;
    const nonce = randomUUID().replaceAll('-', '').slice(0, 25);
    const notice = {
      kind: 'job',
      job,
      event: 'completed',
      media: rule.media,
      isSample: true,
      mentionRoleIds: [],
      mentionUserIds: [],
    } as const;
    try {
      const prepared = await poster.prepare(notice, { deliveryId: nonce.slice(0, 16), level: 'whole' });
      try {
        const { channelId, messageId } = await prepared.post(rule, { nonce, isSilent: false });
        return `https://discord.com/channels/${rule.guildId}/${channelId}/${messageId}`;
      } finally {
        prepared.release();
      }
    } catch (thrown) {
      if (!(thrown instanceof PostError)) throw thrown;
      throw new UserError(
        'sample-refused',
        `Discord did not take the sample: ${thrown.message}. Check my permissions in <#${rule.channelId}> and try again.`,
      );
    }
  }

  async #lastJob(guildId: string): Promise<Job> {
    const { index, gate } = this.#options;
    const everyone = { guildId, isReviewer: false };
    const known = index.search('', guildId, 25).filter((job) => gate.concealmentOf(job, everyone) === undefined);
    const [best] = [...known.filter((job) => job.isOver), ...known];
    const job = best === undefined ? undefined : await this.#options.jobs.get(best.ref);
    if (job !== undefined) return job;
    throw new UserError(
      'sample-empty',
      'There is no job to show yet. Start one, or open one with `/job show`, and try again.',
    );
  }
}
