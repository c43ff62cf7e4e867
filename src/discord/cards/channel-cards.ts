import { type REST, Routes } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Place } from '../../jobs/submissions/submission.ts';
import { MAX_FILE_BYTES } from '../../media/limits.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import { toErrorMessage, UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Logger } from '../../shared/logger.ts';
import { toPostError } from '../core/discord-errors.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import { type OutgoingMessage, toMessageBody, toRequest } from '../core/outgoing.ts';
import { requireReceipt } from '../core/receipt.ts';
import { channelUploads } from '../core/upload-budget.ts';
import { showWithLess } from '../replies/answer-levels.ts';
import type { JobCards } from './job-cards.ts';

export interface ChannelCardsOptions {
  readonly rest: Pick<REST, 'patch' | 'post'>;
  readonly cards: JobCards;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly liveCards: Pick<LiveCards, 'add' | 'list'>;
  readonly directory: GuildDirectory;
  /** Whether a server's members may see no more of a job than that it awaits review. */
  readonly isHeld: (guildId: string, ref: string) => boolean;
  readonly logger: Logger;
}

/** A job that was made here, and where its card belongs. */
export interface NewCard {
  readonly guildId: string;
  readonly userId: string;
  readonly job: Job;
  readonly place: Place;
}

export interface FollowedCard {
  /** Whether the channel has it, or will. */
  readonly isShown: boolean;
  /** A sentence about where it is, or why it is nowhere. */
  readonly about: string;
}

export interface SharedCard {
  readonly guildId: string;
  readonly channelId: string;
  readonly job: Job;
  /** Up to 25 characters: the same one posts nothing again. */
  readonly nonce: string;
}

/** Cards in channels of jobs that are made here: the new job's, and the one whose button was pressed. */
export class ChannelCards {
  readonly #options: ChannelCardsOptions;
  /** One edit of a message after the other: a late one must not show what was known before. */
  readonly #lock = new KeyedLock();

  constructor(options: ChannelCardsOptions) {
    this.#options = options;
  }

  /** Starts the live card of a new job. */
  async follow({ guildId, userId, job, place }: NewCard): Promise<FollowedCard> {
    const { channelId, replyTo } = place;
    const channel = this.#options.directory.channel(guildId, channelId);
    if (channel === undefined || channel.kind === 'other' || channel.missing.length > 0)
      return { isShown: false, about: NO_CHANNEL };
    try {
      const options = { isNew: true, ...(replyTo !== undefined && { replyTo }) };
      await this.#options.liveCards.add({ guildId, channelId, ref: job.ref }, userId, job, options);
      return { isShown: true, about: `Its card is in <#${channelId}>, and you are mentioned there when it ends.` };
    } catch (thrown) {
      if (thrown instanceof UserError) return { isShown: false, about: thrown.message };
      throw thrown;
    }
  }

  /** Shows on a card in a channel who pressed what; a card that is followed shows it by itself. Never rejects. */
  async refresh(guildId: string, { channelId, replyTo }: Place, ref: string): Promise<void> {
    const { liveCards, isHeld, logger } = this.#options;
    const isFollowed = liveCards.list(guildId).some((watch) => watch.ref === ref && watch.channelId === channelId);
    if (replyTo === undefined || isFollowed || isHeld(guildId, ref)) return;
    try {
      await this.#lock.run(replyTo, () => this.#edit(guildId, { channelId, messageId: replyTo }, ref));
    } catch (thrown) {
      logger.info({ ref, error: toErrorMessage(thrown) }, 'A card was not brought up to date.');
    }
  }

  /** Whether a server's members may see no more of a job than that it awaits review. */
  isHeld(guildId: string, ref: string): boolean {
    return this.#options.isHeld(guildId, ref);
  }

  /** Posts a job's card into a channel; answers the message's address. @throws UserError where Discord does not take it */
  async share({ guildId, channelId, job, nonce }: SharedCard): Promise<string> {
    const answer = await this.#options.cards.toAnswer({
      job,
      guildId,
      isPublic: true,
      hidesReason: true,
      maxFileBytes: MAX_FILE_BYTES,
    });
    try {
      const { id } = await showWithLess(answer, (message) => this.#post(channelId, message, nonce));
      return `https://discord.com/channels/${guildId}/${channelId}/${id}`;
    } catch (thrown) {
      const { message, isDoubtful } = toPostError(thrown);
      if (isDoubtful) throw new UserError('share-in-doubt', SHARE_IN_DOUBT);
      throw new UserError(
        'share-refused',
        `Discord did not take the card: ${message}. Check my permissions here and try again.`,
      );
    }
  }

  async #post(channelId: string, message: OutgoingMessage, nonce: string): Promise<{ readonly id: string }> {
    const { files } = message;
    const body = { ...toMessageBody(message), nonce, enforce_nonce: true };
    const posted = await channelUploads.run(files, async () =>
      this.#options.rest.post(Routes.channelMessages(channelId), await toRequest(body, files)),
    );
    return requireReceipt(posted);
  }

  async #edit(guildId: string, place: { readonly channelId: string; readonly messageId: string }, ref: string) {
    const job = await this.#options.jobs.get(ref);
    if (job === undefined) return;
    const answer = await this.#options.cards.toAnswer({
      job,
      guildId,
      isPublic: true,
      hidesReason: true,
      maxFileBytes: MAX_FILE_BYTES,
    });
    const route = Routes.channelMessage(place.channelId, place.messageId);
    await showWithLess(answer, (message) =>
      channelUploads.run(message.files, async () =>
        this.#options.rest.patch(route, await toRequest(toMessageBody(message), message.files)),
      ),
    );
  }
}

const SHARE_IN_DOUBT =
  'Discord did not answer, so I can’t tell whether the card was posted. Look in this channel before you share it again.';
const NO_CHANNEL = 'I cannot post in this channel, so that its card is only here: press **Show the job**.';
