import { type APIMessage, type REST, Routes } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Place } from '../../jobs/submissions/submission.ts';
import { MAX_FILE_BYTES } from '../../media/limits.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import { compact } from '../../shared/compact.ts';
import { toErrorMessage, UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Logger } from '../../shared/logger.ts';
import { toPostError } from '../core/discord-errors.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import { type OutgoingMessage, toMessageBody, toRequest } from '../core/outgoing.ts';
import { requireReceipt } from '../core/receipt.ts';
import { customIdsOf, hasSpoilersIn, mentionLineIn } from '../core/source-message.ts';
import { channelUploads } from '../core/upload-budget.ts';
import { showWithLess } from '../replies/answer-levels.ts';
import { refreshJob } from '../ui/show-controls.ts';
import type { CardRequest, JobCards } from './job-cards.ts';
import { cardWords } from './words.ts';

export interface ChannelCardsOptions {
  readonly rest: Pick<REST, 'get' | 'patch' | 'post'>;
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
  readonly userId: string;
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
      return { isShown: false, about: cardWords.noChannel };
    try {
      const options = { isNew: true, ...(replyTo !== undefined && { replyTo }) };
      await this.#options.liveCards.add({ guildId, channelId, ref: job.ref }, userId, job, options);
      return { isShown: true, about: cardWords.cardPlace(channelId) };
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

  /**
   * Posts a job’s card into a channel; returns the message's address.
   * @throws UserError where Discord does not take it
   */
  async share({ guildId, channelId, job, userId, nonce }: SharedCard): Promise<string> {
    const answer = await this.#options.cards.toAnswer({
      job,
      guildId,
      isPublic: true,
      hidesReason: true,
      sharedBy: userId,
      maxFileBytes: MAX_FILE_BYTES,
    });
    try {
      const { id } = await showWithLess(answer, (message) => this.#post({ guildId, channelId, nonce }, message));
      return `https://discord.com/channels/${guildId}/${channelId}/${id}`;
    } catch (thrown) {
      const { message, isDoubtful } = toPostError(thrown);
      if (isDoubtful) throw new UserError('share-in-doubt', cardWords.shareInDoubt);
      throw new UserError('share-refused', cardWords.shareRefused(message));
    }
  }

  async #post(
    { guildId, channelId, nonce }: Pick<SharedCard, 'guildId' | 'channelId' | 'nonce'>,
    message: OutgoingMessage,
  ): Promise<{ readonly id: string }> {
    const { files } = message;
    const body = { ...toMessageBody(message), nonce, enforce_nonce: true };
    const send = async () => this.#options.rest.post(Routes.channelMessages(channelId), await toRequest(body, files));
    const posted = await channelUploads.run(files, send, guildId);
    return requireReceipt(posted);
  }

  async #edit(guildId: string, place: { readonly channelId: string; readonly messageId: string }, ref: string) {
    const job = await this.#options.jobs.get(ref);
    if (job === undefined) return;
    const route = Routes.channelMessage(place.channelId, place.messageId);
    const before = (await this.#options.rest.get(route)) as Pick<APIMessage, 'components'>;
    const answer = await this.#options.cards.toAnswer({
      job,
      guildId,
      isPublic: true,
      hidesReason: true,
      ...toKept(before, ref),
      maxFileBytes: MAX_FILE_BYTES,
    });
    await showWithLess(answer, (message) =>
      channelUploads.run(
        message.files,
        async () => this.#options.rest.patch(route, await toRequest(toMessageBody(message), message.files)),
        guildId,
      ),
    );
  }
}

/**
 * What a card that is brought up to date keeps: who shared it, whose delivery it is, hidden media, and the line of whom
 * it mentions.
 */
function toKept(
  { components = [] }: Pick<APIMessage, 'components'>,
  ref: string,
): Pick<CardRequest, 'sharedBy' | 'deliveryId' | 'hasSpoilers' | 'above'> {
  const refresh = customIdsOf(components).map((id) => refreshJob.parse(id));
  const { sharedBy, deliveryId } = refresh.find((args) => args?.ref === ref) ?? {};
  const above = mentionLineIn(components);
  return { ...compact({ sharedBy, deliveryId, above }), hasSpoilers: hasSpoilersIn(components) };
}
