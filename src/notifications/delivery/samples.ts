import { randomUUID } from 'node:crypto';
import type { Job } from '../../jobs/job.ts';
import type { Clock } from '../../shared/clock.ts';
import { toDeliveryId, toNonce } from '../planning/plan.ts';
import { isQuiet } from '../rules/quiet-hours.ts';
import type { Rule } from '../rules/rule.ts';
import { type ChannelPoster, PostError } from './channel-poster.ts';

/** `says` is a sentence part for people: what Discord answered. */
export type SampleOutcome =
  | { readonly outcome: 'posted'; readonly link: string }
  | { readonly outcome: 'refused'; readonly code: number; readonly says: string };

/** Posts what a rule's posts look like, marked as a test: at once, once, and without the delivery queue. */
export class Samples {
  readonly #poster: ChannelPoster;
  readonly #clock: Clock;

  constructor(poster: ChannelPoster, clock: Clock) {
    this.#poster = poster;
    this.#clock = clock;
  }

  /** Mentions nobody, whatever the rule says. */
  async post(rule: Rule, job: Job): Promise<SampleOutcome> {
    const key = `sample:${randomUUID()}`;
    const { guildId, channelId, media, quiet } = rule;
    const nobody = { mentionRoleIds: [], mentionUserIds: [] };
    const notice = { kind: 'job', job, event: 'completed', media, isSample: true, ...nobody } as const;
    const prepared = await this.#poster.prepare(notice, { deliveryId: toDeliveryId(key), level: 'whole' });
    const isSilent = quiet !== undefined && isQuiet(quiet, this.#clock.now());
    try {
      const posted = await prepared.post({ guildId, channelId }, { nonce: toNonce(key), isSilent });
      const link = `https://discord.com/channels/${guildId}/${posted.channelId}/${posted.messageId}`;
      return { outcome: 'posted', link };
    } catch (thrown) {
      if (!(thrown instanceof PostError)) throw thrown;
      return { outcome: 'refused', code: thrown.answerCode, says: thrown.message };
    } finally {
      prepared.release();
    }
  }
}
