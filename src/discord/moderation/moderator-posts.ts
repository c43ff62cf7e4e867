import {
  type ChannelPoster,
  LEVELS,
  PostError,
  type PostedMessage,
  type PostTarget,
} from '../../notifications/delivery/channel-poster.ts';
import { isSettled, type PostRecord } from '../../notifications/delivery/post-record.ts';
import type { Sender } from '../../notifications/delivery/sender.ts';
import { toDeliveryId } from '../../notifications/planning/plan.ts';
import { postWords } from '../core/words.ts';
import type { ModeratorNotice } from './moderator-messages.ts';

export interface ModeratorPost extends PostTarget {
  /** Names the message for ever: at most one carries it. */
  readonly key: string;
  readonly notice: ModeratorNotice;
  readonly replyTo?: string;
  readonly signal?: AbortSignal;
}

export interface ModeratorPostsOptions {
  readonly sender: Sender<ModeratorNotice>;
  readonly poster: ChannelPoster<ModeratorNotice>;
}

/** Messages to moderators, each posted once, whoever asks for it how often. */
export class ModeratorPosts {
  readonly #options: ModeratorPostsOptions;

  constructor(options: ModeratorPostsOptions) {
    this.#options = options;
  }

  /**
   * Where the message is, or that it never will be. Rejects with a `PostError`, or with a `RetryLater`.
   */
  post({ signal = new AbortController().signal, ...order }: ModeratorPost): Promise<PostRecord> {
    return this.#options.sender.sendOnce({ ...order, isSilent: false, signal });
  }

  /** What is known of a message. */
  read(key: string): Promise<PostRecord> {
    return this.#options.sender.read(key);
  }

  /** Whether there is no such channel any more. Rejects with a `PostError` where nobody can know now. */
  async isGone(target: PostTarget): Promise<boolean> {
    try {
      await this.#options.poster.honoursNonce(target);
      return false;
    } catch (thrown) {
      if (thrown instanceof PostError && thrown.kind === 'gone') return true;
      throw thrown;
    }
  }

  /** Ends a message that nobody will take. */
  async giveUp(key: string, why: string): Promise<void> {
    const record = await this.#options.sender.read(key);
    if (!isSettled(record)) await this.#options.sender.drop(key, record, 'given-up', why);
  }

  /**
   * Shows a posted message anew, with less where Discord does not take it whole. Rejects with a `PostError`, also where
   * it takes none of it.
   */
  async edit(key: string, place: PostedMessage, notice: ModeratorNotice): Promise<void> {
    let refusal: PostError | undefined;
    for (const level of LEVELS) {
      const how = { deliveryId: toDeliveryId(key), level, ...(refusal && { answerCode: refusal.answerCode }) };
      const prepared = await this.#options.poster.prepare(notice, how);
      try {
        return await prepared.edit(place);
      } catch (thrown) {
        if (!(thrown instanceof PostError) || thrown.kind !== 'payload') throw thrown;
        refusal = thrown;
      } finally {
        prepared.release();
      }
    }
    throw refusal ?? new PostError('payload', postWords.nothingTaken);
  }
}

/**
 * Whether Discord will not have it, now or later, unless a person changes something; what it holds is judged by the
 * sender, for hours.
 */
export function isRefused(thrown: unknown): thrown is PostError {
  return thrown instanceof PostError && ['target', 'gone', 'message-gone'].includes(thrown.kind);
}
