import { z } from 'zod';
import { type NamedQueue, type Queue, RetryLater } from '../../queue/contract.ts';
import type { Clock } from '../../shared/clock.ts';
import { Listeners } from '../../shared/listeners.ts';
import type { Review, ReviewDecision } from './review.ts';
import { type ReviewId, type StoredReview, toKey } from './review-store.ts';

const ReviewTask = z.object({ guildId: z.string(), ref: z.string() });
type ReviewTask = z.infer<typeof ReviewTask>;

/** Attempts have no end; they are at most a minute apart. */
const UNTIL_DONE = { maxAttempts: Number.POSITIVE_INFINITY, backoff: { maxMs: 60_000 } };
const REPORTS_AT_ONCE = 4;

export interface ReviewEventsParts {
  read(id: ReviewId): Promise<StoredReview | undefined>;
  /** Stores that the listeners have been called. */
  markReported(id: ReviewId, what: 'openedToldAt' | 'decidedToldAt'): Promise<void>;
  /** Does what is due; returns in how many milliseconds to look again, if ever. */
  timeOut(id: ReviewId): Promise<number | undefined>;
  readonly clock: Clock;
}

/**
 * Reports reviews through the queue: at least once, in order for each review, and their time-outs when they are due.
 */
export class ReviewEvents {
  readonly #parts: ReviewEventsParts;
  readonly #reports: NamedQueue<ReviewTask, ReviewTask>;
  readonly #timeouts: NamedQueue<ReviewTask, ReviewTask>;
  readonly #opened = new Listeners<[review: Review]>();
  readonly #decided = new Listeners<[review: Review, decision: ReviewDecision]>();
  readonly #reminders = new Listeners<[review: Review, number: number]>();
  readonly onOpened = this.#opened.on;
  readonly onDecided = this.#decided.on;
  readonly onReminder = this.#reminders.on;

  constructor(queue: Pick<Queue, 'define'>, parts: ReviewEventsParts) {
    this.#parts = parts;
    this.#reports = queue.define('review-news', ReviewTask);
    this.#timeouts = queue.define('review-timeouts', ReviewTask);
  }

  start(): void {
    this.#reports.work((entry) => this.#report(entry.payload), { concurrency: REPORTS_AT_ONCE });
    this.#timeouts.work((entry) => this.#timeOut(entry.payload));
  }

  /**
   * Queues what is to be said of a review; idempotent. The notification comes last: once it is posted,
   * the time-out is there.
   */
  async announce({ guildId, ref, decision, openedAt, timeoutMs, ...reported }: StoredReview): Promise<void> {
    const task = { guildId, ref };
    const key = toKey(task);
    if (decision !== undefined) {
      if (reported.decidedToldAt === undefined)
        await this.#reports.add(task, { key: `${key}:decided`, group: key, tenant: guildId, ...UNTIL_DONE });
      return;
    }
    if (reported.openedToldAt !== undefined) return;
    if (timeoutMs !== undefined) {
      const delayMs = Math.min(timeoutMs, Math.max(0, openedAt + timeoutMs - this.#parts.clock.now()));
      await this.#timeouts.add(task, { key, delayMs, ...UNTIL_DONE });
    }
    await this.#reports.add(task, { key: `${key}:opened`, group: key, tenant: guildId, ...UNTIL_DONE });
  }

  remind(review: Review, number: number): Promise<void> {
    return this.#reminders.emitToAll(review, number);
  }

  /** Reports what the review has come to, whichever event it was queued for. */
  async #report(id: ReviewId): Promise<void> {
    const review = await this.#parts.read(id);
    if (review === undefined) return;
    if (review.decision === undefined) {
      if (review.openedToldAt !== undefined) return;
      await this.#opened.emitToAll(review);
      return this.#parts.markReported(id, 'openedToldAt');
    }
    if (review.decidedToldAt !== undefined) return;
    await this.#decided.emitToAll(review, review.decision);
    await this.#parts.markReported(id, 'decidedToldAt');
  }

  async #timeOut(id: ReviewId): Promise<RetryLater | undefined> {
    const againMs = await this.#parts.timeOut(id);
    return againMs === undefined ? undefined : new RetryLater(Math.max(0, againMs), 'waits for moderators');
  }
}
