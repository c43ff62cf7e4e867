import type { Job } from '../../jobs/job.ts';
import { AppError } from '../../shared/errors.ts';
import type { NotificationEvent } from '../notification-events.ts';
import type { PlannedPost } from '../planning/plan.ts';

/** A job as a line of a summary or digest. */
export interface NoticeLine {
  readonly job: Job;
  readonly event: NotificationEvent;
}

interface Mentions {
  readonly mentionRoleIds: readonly string[];
  readonly mentionUserIds: readonly string[];
}

/** What a message says, in words that know nothing of Discord. */
export type Notice =
  | (Mentions & {
      readonly kind: 'job';
      readonly job: Job;
      readonly event: NotificationEvent;
      readonly media: PlannedPost['media'];
      /** Marks it as a trial of a rule. */
      readonly isSample?: boolean;
    })
  | (Mentions & { readonly kind: 'batch'; readonly batch: BatchKind; readonly lines: readonly NoticeLine[] })
  /** A card that is edited while the job runs. */
  | { readonly kind: 'live-card'; readonly job: Job }
  /** The answer to a live card whose job has ended. */
  | (Mentions & {
      readonly kind: 'ending';
      readonly job: Job;
      readonly event: NotificationEvent;
      /** Leads to the live card. */
      readonly cardLink?: string;
    });

/** `summary`: what came too late to be posted one by one; `digest`: what came too often. */
export type BatchKind = 'summary' | 'digest';

/** How much of a notice is sent; what Discord refuses is tried again with less, at last with ref and status alone. */
export const LEVELS = ['whole', 'without-media', 'text-only'] as const;
export type Level = (typeof LEVELS)[number];

export interface PostTarget {
  readonly guildId: string;
  readonly channelId: string;
}

export interface PostOptions {
  /** Up to 25 characters; the same for every attempt to send the same message. */
  readonly nonce: string;
  /** Whether nobody's device makes a sound. */
  readonly isSilent: boolean;
  /** The message that is answered; it may be gone. */
  readonly replyTo?: string;
  /** Aborts the request, also while it waits for its turn. */
  readonly signal?: AbortSignal;
}

/** Where a message is; a forum post lives in a thread of its own. */
export interface PostedMessage {
  readonly channelId: string;
  readonly messageId: string;
}

/** A message with its files at hand. Every method rejects with a `PostError`. */
export interface PreparedMessage {
  post(target: PostTarget, options: PostOptions): Promise<PostedMessage>;
  edit(place: PostedMessage, signal?: AbortSignal): Promise<void>;
  /** Lets go of the files. */
  release(): void;
}

export interface Search extends PostTarget {
  readonly deliveryId: string;
  /** Epoch milliseconds: nothing older is looked at. */
  readonly since: number;
  /** Epoch milliseconds: it was made before, if it was; default an hour after `since`. */
  readonly until?: number;
}

export interface PrepareOptions {
  readonly deliveryId: string;
  readonly level: Level;
  /** The server in which it is shown. */
  readonly guildId?: string;
  /** What Discord said to more of it: its error code, or the HTTP status; 0 where there was no answer. */
  readonly answerCode?: number;
}

/** Posts into Discord's channels; implemented where Discord is spoken. `N` is what it can make messages of. */
export interface ChannelPoster<N = Notice> {
  /**
   * Makes the message and fetches what it shows; `deliveryId` goes into a control, so that the message
   * can be found again.
   */
  prepare(notice: N, options: PrepareOptions): Promise<PreparedMessage>;
  /** Whether a nonce keeps a message in this channel from being made twice. */
  honoursNonce(target: PostTarget): Promise<boolean>;
  /**
   * Our own message of a delivery. Rejects with a `PostError` when it cannot be known, so that it
   * is never posted twice.
   */
  findPosted(search: Search): Promise<PostedMessage | undefined>;
}

/**
 * `retry`: later; `refused`: later too, for hours, because a refusal of unknown meaning may pass; `payload`: never the
 * same again; `target`: the channel refuses us; `gone`: there is no such channel; `message-gone`: the message to edit
 * is no more; `fatal`: Discord no longer knows the bot.
 */
export type PostErrorKind = 'retry' | 'refused' | 'payload' | 'target' | 'gone' | 'message-gone' | 'fatal';

export interface PostErrorFacts {
  /** Discord's error code, or the HTTP status; 0 where there was no answer. */
  readonly answerCode?: number;
  readonly retryAfterMs?: number;
  /** Whether Discord may have done it nevertheless. */
  readonly isDoubtful?: boolean;
}

/** Discord did not do what it was asked; the message is a sentence part for people. */
export class PostError extends AppError {
  readonly kind: PostErrorKind;
  readonly answerCode: number;
  readonly retryAfterMs: number | undefined;
  readonly isDoubtful: boolean;

  constructor(kind: PostErrorKind, says: string, facts: PostErrorFacts = {}, options?: ErrorOptions) {
    super(`post-${kind}`, says, options);
    this.kind = kind;
    this.answerCode = facts.answerCode ?? 0;
    this.retryAfterMs = facts.retryAfterMs;
    this.isDoubtful = facts.isDoubtful ?? kind === 'retry';
  }
}
