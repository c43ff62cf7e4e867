import { type AccountNames, withAccountName } from '../../jobs/account-names.ts';
import { isOver, type Job } from '../../jobs/job.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { GuildSettings } from '../../moderation/guild-settings.ts';
import { hasRequester, type Review, type ReviewDecision } from '../../moderation/reviews/review.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import type { Alerts } from '../../notifications/alerts.ts';
import { PostError } from '../../notifications/delivery/channel-poster.ts';
import type { Notifier } from '../../notifications/notifier.ts';
import { compact } from '../../shared/compact.ts';
import { AppError, toErrorMessage } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { RequesterNotes } from '../cards/requester-notes.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import { alertWords } from './alert-words.ts';
import type { ModeratorNotice } from './moderator-messages.ts';
import { isRefused, type ModeratorPosts } from './moderator-posts.ts';
import type { RequesterMessages } from './requester-messages.ts';
import { toVerdictNote } from './review-card.ts';

export interface ReviewPostsOptions {
  readonly reviews: Reviews;
  readonly settings: GuildSettings;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly accounts: Pick<AccountNames, 'nameIn'>;
  readonly posts: ModeratorPosts;
  readonly requesters: Pick<RequesterMessages, 'notify'>;
  readonly notes: Pick<RequesterNotes, 'write'>;
  readonly directory: GuildDirectory;
  readonly notifier: Pick<Notifier, 'release' | 'drop'>;
  readonly alerts: Alerts;
  readonly logger: Logger;
}

/** The card of a review that could not be changed. */
export interface StaleCard {
  readonly guildId: string;
  readonly ref: string;
  /** What Discord said, as a sentence part. */
  readonly reason: string;
  /** How often it was tried. */
  readonly tries: number;
}

const MAX_FRESH_JOBS = 200;
/** How often a card is tried to be changed that Discord takes nothing of; about once a minute. */
const MAX_EDITS = 360;

/** Takes reviews to their channel and decisions to where they matter. All of it is idempotent. */
export class ReviewPosts {
  readonly #options: ReviewPostsOptions;
  readonly #lock = new KeyedLock();
  /** Jobs that have just ended: their reviews may be reported before they are stored. */
  readonly #fresh = new Map<string, Job>();
  readonly #stale = new Map<string, StaleCard>();

  constructor(options: ReviewPostsOptions) {
    this.#options = options;
  }

  /** Listens to jobs that end, before the gate does. */
  readonly noteEnded = async (job: Job): Promise<void> => {
    if (job.status !== 'completed') return;
    this.#fresh.set(job.ref, job);
    const [oldest] = this.#fresh.keys();
    if (this.#fresh.size > MAX_FRESH_JOBS && oldest !== undefined) this.#fresh.delete(oldest);
  };

  /**
   * Listens to `Reviews.onOpened`: posts the review into its channel, unless a life before this one did and did not
   * live to note it.
   */
  readonly onOpened = async (review: Review): Promise<void> => {
    const { channelId } = this.#options.settings.get(review.guildId).review;
    if (channelId !== undefined) await this.#postIfMissing(review, channelId);
    else if (review.card === undefined) await this.#alertUnposted(review, alertWords.noReviewChannel());
  };

  /**
   * Listens to `Reviews.onDecided`: posts what was held back or drops it, settles the card, and notifies the requester.
   */
  readonly onDecided = async (review: Review, decision: ReviewDecision): Promise<void> => {
    const { notifier } = this.#options;
    const { guildId, ref } = review;
    if (decision.verdict === 'approve') await notifier.release(guildId, ref);
    else await notifier.drop(guildId, ref, alertWords.notApproved());
    await this.refresh(guildId, ref);
    if (decision.verdict !== 'approve') await this.#notifyRequester(review, decision);
  };

  /** Listens to `Reviews.onReminder`: replies to the card. */
  readonly onReminder = async (review: Review, number: number): Promise<void> => {
    const { posts, settings } = this.#options;
    const card = review.card ?? (await this.#findCard(review));
    const channelId = card?.channelId ?? settings.get(review.guildId).review.channelId;
    if (channelId === undefined) return;
    const key = `${toReviewKey(review)}:reminder:${number}`;
    const replyTo = card === undefined ? {} : { replyTo: card.messageId };
    try {
      await posts.post({ key, guildId: review.guildId, channelId, notice: { kind: 'reminder', review }, ...replyTo });
    } catch (thrown) {
      if (!isRefused(thrown)) throw thrown;
      await posts.giveUp(key, thrown.message);
    }
  };

  /**
   * Posts the reviews that have no card, or whose card went with its channel, and shows what cards could not show. One
   * refusal is enough, for all of them meet it. Called now and then, for a channel may take again what it refused.
   * Never rejects.
   */
  async postMissing(guildId: string): Promise<void> {
    for (const { ref, tries } of this.listStale(guildId)) if (tries < MAX_EDITS) await this.tryRefresh(guildId, ref);
    const { channelId } = this.#options.settings.get(guildId).review;
    if (channelId === undefined) return;
    for (const review of this.#options.reviews.listOpen(guildId)) {
      const outcome = await this.#attempt(() => this.#postIfMissing(review, channelId), review.ref);
      if (outcome === 'refused') return;
    }
  }

  /** `postMissing` for one server after the other. Never rejects. */
  async postAllMissing(guildIds: readonly string[]): Promise<void> {
    for (const guildId of guildIds) await this.postMissing(guildId);
  }

  /**
   * Called when channels, roles or the bot itself changed in a server: posts what waits, if its channel is open to the
   * bot. Never rejects.
   */
  async onAccessChanged(guildId: string): Promise<void> {
    const { reviews, settings, directory } = this.#options;
    if (reviews.listOpen(guildId).length === 0) return;
    const { channelId } = settings.get(guildId).review;
    const channel = channelId === undefined ? undefined : directory.channel(guildId, channelId);
    if (channel?.missing.length === 0) await this.postMissing(guildId);
  }

  /** Shows the review's card as it stands. Rejects with a `PostError` where that is worth another try. */
  refresh(guildId: string, ref: string): Promise<void> {
    return this.#lock.run(`${guildId}:${ref}`, async () => {
      const { reviews, posts } = this.#options;
      const review = await reviews.get(guildId, ref);
      if (review === undefined) return;
      try {
        const card = review.card ?? (await this.#findCard(review));
        if (card !== undefined) await posts.edit(toReviewKey(review), card, await this.#toNotice(review));
        this.#stale.delete(`${guildId}:${ref}`);
      } catch (thrown) {
        this.#noteRefusedEdit(guildId, ref, thrown);
      }
    });
  }

  /** What Discord takes none of is tried again now and then; until then the card shows what was before. */
  #noteRefusedEdit(guildId: string, ref: string, thrown: unknown): void {
    const isPayload = thrown instanceof PostError && thrown.kind === 'payload';
    if (!isPayload && !isRefused(thrown)) throw thrown;
    this.#options.logger.warn({ ref, reason: thrown.message }, 'The card of a review cannot be edited.');
    const key = `${guildId}:${ref}`;
    if (!isPayload) return void this.#stale.delete(key);
    this.#stale.set(key, { guildId, ref, reason: thrown.message, tries: (this.#stale.get(key)?.tries ?? 0) + 1 });
  }

  /** Reviews of a server whose cards show what was before, as Discord takes no change of them. */
  listStale(guildId: string): StaleCard[] {
    return [...this.#stale.values()].filter((card) => card.guildId === guildId);
  }

  /** The same, where the vote itself is what counts. Never rejects. */
  async tryRefresh(guildId: string, ref: string): Promise<void> {
    await this.#attempt(() => this.refresh(guildId, ref), ref);
  }

  async #postIfMissing(review: Review, channelId: string): Promise<'taken' | 'refused'> {
    const { posts, directory } = this.#options;
    const { guildId, card } = review;
    if (card === undefined) return this.#postOrAlert(review, channelId);
    const isKnown = directory.channel(guildId, card.channelId) !== undefined;
    if (isKnown || !(await posts.isGone({ guildId, channelId: card.channelId }))) return 'taken';
    return this.#postOrAlert(review, channelId);
  }

  /** Where the channel refuses it, the moderators are alerted. */
  async #postOrAlert(review: Review, channelId: string): Promise<'taken' | 'refused'> {
    try {
      await this.#post(review, channelId);
      return 'taken';
    } catch (thrown) {
      if (thrown instanceof PostError && thrown.kind === 'payload')
        await this.#alertUnposted(review, thrown.message, channelId);
      if (!isRefused(thrown)) throw thrown;
      await this.#alertUnposted(review, thrown.message, channelId);
      return 'refused';
    }
  }

  /** In the place of a card that is gone comes another message, which has a name of its own. */
  async #post(review: Review, channelId: string): Promise<void> {
    const { posts, reviews } = this.#options;
    const { guildId, ref, card } = review;
    const notice = await this.#toNotice(review);
    const key = card === undefined ? toReviewKey(review) : `${toReviewKey(review)}:after:${card.messageId}`;
    const posted = await posts.post({ key, guildId, channelId, notice });
    if (posted.state !== 'posted') return this.#alertUnposted(review, alertWords.takenNothing(), channelId);
    await reviews.attachCard(guildId, ref, { channelId: posted.channelId, messageId: posted.messageId });
    const now = await reviews.get(guildId, ref);
    const hasMoved = now !== undefined && now.votes.length > review.votes.length;
    // What was sent before may show the votes as they were then.
    if (hasMoved || posted.tries > 1 || posted.wasFound) await this.refresh(guildId, ref);
  }

  async #toNotice(review: Review): Promise<ModeratorNotice> {
    const { quorum } = this.#options.settings.get(review.guildId).review;
    const job = await this.#requireEnded(review.ref);
    const named = withAccountName(job, this.#options.accounts.nameIn(review.guildId, job.board));
    return { kind: 'review', review, quorum, job: named };
  }

  async #requireEnded(ref: string): Promise<Job> {
    const stored = await this.#options.jobs.get(ref);
    if (stored !== undefined && isOver(stored)) this.#fresh.delete(ref);
    const job = stored !== undefined && isOver(stored) ? stored : this.#fresh.get(ref);
    if (job === undefined) throw new AppError('review-job-missing', 'The job of a review is not stored yet.');
    return job;
  }

  async #notifyRequester(review: Review, decision: ReviewDecision): Promise<void> {
    const { guildId, ref, openedAt, requestedBy } = review;
    if (requestedBy === undefined || !hasRequester(review)) return;
    const key = `${toReviewKey({ guildId, ref, openedAt })}:verdict`;
    const { requesters, notes, accounts } = this.#options;
    const job = (await this.#options.jobs.get(ref)) ?? this.#fresh.get(ref);
    const accountName = job && accounts.nameIn(guildId, job.board);
    const asked = { ref, decision, ...compact({ prompt: job?.prompt, accountName }) };
    if (job !== undefined && (await notes.write(guildId, job, toVerdictNote(asked)))) return;
    const toNotice = (serverName: string) => ({ kind: 'verdict', ...asked, serverName }) as const;
    await requesters.notify({ userId: requestedBy, guildId, key, toNotice });
  }

  /** A card may be there although the answer to its post was lost; whoever shows something on it has to know. */
  async #findCard(review: Review): Promise<Review['card']> {
    const { posts, reviews, settings } = this.#options;
    const { guildId, ref } = review;
    const key = toReviewKey(review);
    const { channelId } = settings.get(guildId).review;
    let record = await posts.read(key);
    if (record.state === 'sending' && channelId !== undefined)
      record = await posts.post({ key, guildId, channelId, notice: await this.#toNotice(review) });
    if (record.state !== 'posted') return undefined;
    const card = { channelId: record.channelId, messageId: record.messageId };
    await reviews.attachCard(guildId, ref, card);
    return card;
  }

  /** Once a day for each channel: all reviews meet the same trouble there. */
  async #alertUnposted({ guildId, ref, openedAt }: Review, reason: string, channelId?: string): Promise<void> {
    const day = new Date(openedAt).toISOString().slice(0, 10);
    const where = channelId === undefined ? {} : { channelId };
    const key = `review-unposted:${channelId ?? ''}:${day}`;
    await this.#options.alerts.post(guildId, key, { kind: 'review-unposted', ref, reason, ...where });
  }

  async #attempt<T>(submission: () => Promise<T>, ref: string): Promise<T | undefined> {
    try {
      return await submission();
    } catch (thrown) {
      this.#options.logger.warn({ ref, error: toErrorMessage(thrown) }, 'The card of a review could not be shown.');
      return undefined;
    }
  }
}

function toReviewKey({ guildId, ref, openedAt }: Pick<Review, 'guildId' | 'ref' | 'openedAt'>): string {
  return `review:${guildId}:${ref}:${openedAt}`;
}
