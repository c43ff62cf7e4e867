import { type Channel, type Client, MessageFlags, REST, Routes } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import {
  type ChannelPoster,
  type Notice,
  PostError,
  type PostErrorKind,
  type PostedMessage,
  type PostOptions,
  type PostTarget,
  type PreparedMessage,
  type PrepareOptions,
  type Search,
} from '../../notifications/delivery/channel-poster.ts';
import { compact } from '../../shared/compact.ts';
import { Listeners } from '../../shared/listeners.ts';
import { findInChannel, findInForum, requireHistory } from './channel-search.ts';
import { toDiscordCode, toPostError } from './discord-errors.ts';
import { type Forum, isForum, toUsableTags } from './forum.ts';
import type { MessageMaker } from './message-maker.ts';
import { type OutgoingMessage, type OutgoingRequest, toMessageBody, toRequest } from './outgoing.ts';
import { requireReceipt } from './receipt.ts';
import { channelUploads, type UploadBudget } from './upload-budget.ts';
import { postWords } from './words.ts';

const ARCHIVED = 50083;
const NO_HISTORY_TO_REPLY = 160002;
/** Minutes without a message after which Discord archives a forum post: a server may have 1,000 that are not. */
const ARCHIVE_AFTER_MINUTES = 60;

/** Where a message is or goes; of direct messages the server that they are about, if any. */
type Place = Pick<PostTarget, 'channelId'> & Partial<Pick<PostTarget, 'guildId'>>;

/** The card of a job that is followed, and the message that it answers. */
export interface PostedCard extends PostedMessage {
  readonly guildId: string;
  readonly job: Job;
  readonly replyTo?: string;
}

/** Posts notices through the bot's REST. A forum post has no nonce, so it is tried once and looked for afterwards. */
export class DiscordChannelPoster<N = Notice> implements ChannelPoster<N> {
  readonly #client: Client;
  readonly #messages: MessageMaker<N>;
  readonly #uploads: UploadBudget;
  readonly #cardsPosted = new Listeners<[posted: PostedCard]>();
  /** Calls the listener when the card of a job that is followed was posted; it must not reject. */
  readonly onCardPosted = this.#cardsPosted.on;
  #singleTry: REST | undefined;

  constructor(client: Client, messages: MessageMaker<N>, uploads = channelUploads) {
    this.#client = client;
    this.#messages = messages;
    this.#uploads = uploads;
  }

  /** Resolves in the turn of what it uploads, so that the intent to send is stored right before it leaves. */
  async prepare(notice: N, options: PrepareOptions): Promise<PreparedMessage> {
    const { message, release } = await this.#messages.make(notice, options);
    const leave = await this.#uploads.enter(message.files, options.guildId);
    const send = <T>(place: Place, submission: () => Promise<T>) => this.#translate(place, submission).finally(leave);
    return {
      post: async (target, how) => {
        const title = this.#messages.toTitle(notice, options.level);
        const posted = await send(target, () => this.#post(target, how, message, title));
        const job = this.#messages.toFollowedJob(notice);
        if (job !== undefined) await this.#reportCard(job, { ...target, ...how, ...posted });
        return posted;
      },
      edit: (place, signal) => {
        const { channelId } = place;
        const { guildId } = options;
        return send({ channelId, ...compact({ guildId }) }, () => this.#edit(place, message, signal));
      },
      release() {
        leave();
        release();
      },
    };
  }

  #reportCard(job: Job, { guildId, channelId, messageId, replyTo }: Omit<PostedCard, 'job'>): Promise<void> {
    return this.#cardsPosted.emitInTurn({ guildId, job, channelId, messageId, ...compact({ replyTo }) });
  }

  async honoursNonce(target: PostTarget): Promise<boolean> {
    return this.#translate(target, async () => !isForum(await this.#channel(target.channelId)));
  }

  async findPosted(search: Search): Promise<PostedMessage | undefined> {
    return this.#translate(search, async () => {
      const channel = await this.#channel(search.channelId);
      requireHistory(channel);
      const client = this.#readyClient();
      return isForum(channel) ? findInForum(client, search) : findInChannel(client, search);
    });
  }

  async #post(target: PostTarget, how: PostOptions, message: OutgoingMessage, title: string): Promise<PostedMessage> {
    const channel = await this.#channel(target.channelId);
    const flags = how.isSilent ? MessageFlags.SuppressNotifications : 0;
    const body = toMessageBody(message, flags);
    if (isForum(channel)) return this.#postInForum(channel, how, { body, message, title });
    const unique = { ...body, nonce: how.nonce, enforce_nonce: true };
    const reply = how.replyTo === undefined ? {} : { message_reference: toReference(how.replyTo) };
    const send = (whole: object) => this.#send(target.channelId, whole, message, how.signal);
    return inOpenThread(this.#client.rest, target.channelId, async () => {
      try {
        return await send({ ...unique, ...reply });
      } catch (thrown) {
        if (toDiscordCode(thrown) !== NO_HISTORY_TO_REPLY) throw thrown;
        return send(unique);
      }
    });
  }

  async #send(channelId: string, body: object, message: OutgoingMessage, signal?: AbortSignal) {
    const request = await build(body, message);
    const options = { ...request, ...(signal && { signal }) };
    const { id } = requireReceipt(await this.#client.rest.post(Routes.channelMessages(channelId), options));
    return { channelId, messageId: id };
  }

  async #postInForum(
    forum: Forum,
    { signal }: PostOptions,
    { body, message, title }: { readonly body: object; readonly message: OutgoingMessage; readonly title: string },
  ): Promise<PostedMessage> {
    const tags = toUsableTags(forum);
    const request = await build(
      { name: title, message: body, auto_archive_duration: ARCHIVE_AFTER_MINUTES, ...tags },
      message,
    );
    const options = { ...request, ...(signal && { signal }) };
    const { id } = requireReceipt(await this.#restForOneTry().post(Routes.threads(forum.id), options));
    return { channelId: id, messageId: id };
  }

  async #edit(place: PostedMessage, message: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    const route = Routes.channelMessage(place.channelId, place.messageId);
    await inOpenThread(this.#client.rest, place.channelId, async () => {
      const request = await build(toMessageBody(message), message);
      await this.#client.rest.patch(route, { ...request, ...(signal && { signal }) });
    });
  }

  /** From discord.js's cache, where it is there. */
  async #channel(channelId: string): Promise<Channel> {
    const channel = await this.#client.channels.fetch(channelId);
    if (channel === null) throw new PostError('refused', postWords.unknownChannel, { isDoubtful: false });
    return channel;
  }

  async #translate<T>(place: Place, submission: () => Promise<T>): Promise<T> {
    try {
      return await submission();
    } catch (thrown) {
      const error = toPostError(thrown);
      if (await this.#isCertain(error.kind, place)) throw error;
      throw new PostError(
        'retry',
        error.message,
        { answerCode: error.answerCode, isDoubtful: false },
        { cause: thrown },
      );
    }
  }

  /**
   * In an outage of a server Discord may say of it what it says where the bot may not look, or is not: then that is for
   * later.
   */
  async #isCertain(kind: PostErrorKind, { guildId, channelId }: Place): Promise<boolean> {
    if (kind !== 'gone' && kind !== 'target') return true;
    if (this.#isInOutage(guildId)) return false;
    return kind === 'target' || this.#isGone(channelId);
  }

  /** Where nobody knows which server it is, it may be any. */
  #isInOutage(guildId: string | undefined): boolean {
    const { cache } = this.#client.guilds;
    if (guildId !== undefined) return cache.get(guildId)?.available === false;
    return cache.some((guild) => !guild.available);
  }

  /**
   * One 404 may pass: gone is a channel that the gateway does not name either, and that is not there when asked for
   * again.
   */
  async #isGone(channelId: string): Promise<boolean> {
    if (this.#client.channels.cache.has(channelId)) return false;
    try {
      await this.#client.rest.get(Routes.channel(channelId));
      return false;
    } catch (thrown) {
      return toPostError(thrown).kind === 'gone';
    }
  }

  /** After the clock was set back: what is known of Discord's limits would hold too long. */
  forgetLimits(): void {
    this.#singleTry = undefined;
  }

  #restForOneTry(): REST {
    const { token } = this.#readyClient();
    this.#singleTry ??= new REST({ ...this.#client.options.rest, version: '10', retries: 0 }).setToken(token);
    return this.#singleTry;
  }

  #readyClient(): Client<true> {
    if (this.#client.isReady()) return this.#client;
    throw new PostError('retry', postWords.notConnected, { isDoubtful: false });
  }
}

function toReference(messageId: string) {
  return { message_id: messageId, fail_if_not_exists: false };
}

/** A file that is no longer there is the payload's fault: without media it can be sent. */
async function build(body: object, { files = [] }: OutgoingMessage): Promise<OutgoingRequest> {
  try {
    return await toRequest(body, files);
  } catch (thrown) {
    throw new PostError('payload', postWords.unreadableFile, {}, { cause: thrown });
  }
}

/** Wakes an archived thread and does it once more. */
async function inOpenThread<T>(rest: REST, threadId: string, submission: () => Promise<T>): Promise<T> {
  try {
    return await submission();
  } catch (thrown) {
    if (toDiscordCode(thrown) !== ARCHIVED) throw thrown;
    await rest.patch(Routes.channel(threadId), { body: { archived: false } });
    return submission();
  }
}
