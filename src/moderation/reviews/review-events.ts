import { z } from 'zod';
import { type NamedQueue, type Queue, RetryLater } from '../../queue/contract.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Review, ReviewDecision } from './review.ts';
import { type ReviewId, type StoredReview, toKey } from './review-store.ts';

const ReviewTask = z.object({ guildId: z.string(), ref: z.string() });
type ReviewTask = z.infer<typeof ReviewTask>;

/** Attempts have no end; they are at most a minute apart. */
const UNTIL_DONE = { maxAttempts: Number.POSITIVE_INFINITY, backoff: { maxMs: 60_000 } };
const TOLD_AT_ONCE = 4;

export interface ReviewNewsParts {
  read(id: ReviewId): Promise<StoredReview | undefined>;
  /** Stores that the listeners have been told. */
  markTold(id: ReviewId, what: 'openedToldAt' | 'decidedToldAt'): Promise<void>;
  /** Does what is due; answers in how many milliseconds to look again, if ever. */
  timeOut(id: ReviewId): Promise<number | undefined>;
  readonly clock: Clock;
}

type Listener<Args extends readonly unknown[]> = (...args: Args) => Promise<void>;

/**
 * Tells of reviews through the queue: at least once, in order for each review, and their time-outs when they are due.
 */
export class ReviewNews {
  readonly #parts: ReviewNewsParts;
  readonly #news: NamedQueue<ReviewTask, ReviewTask>;
  readonly #timeouts: NamedQueue<ReviewTask, ReviewTask>;
  readonly #opened: Listener<[Review]>[] = [];
  readonly #decided: Listener<[Review, ReviewDecision]>[] = [];
  readonly #reminders: Listener<[Review, number]>[] = [];

  constructor(queue: Pick<Queue, 'define'>, parts: ReviewNewsParts) {
    this.#parts = parts;
    this.#news = queue.define('review-news', ReviewTask);
    this.#timeouts = queue.define('review-timeouts', ReviewTask);
  }

  start(): void {
    this.#news.work((entry) => this.#tell(entry.payload), { concurrency: TOLD_AT_ONCE });
    this.#timeouts.work((entry) => this.#timeOut(entry.payload));
  }

  onOpened(listener: Listener<[Review]>): void {
    this.#opened.push(listener);
  }

  onDecided(listener: Listener<[Review, ReviewDecision]>): void {
    this.#decided.push(listener);
  }

  onReminder(listener: Listener<[Review, number]>): void {
    this.#reminders.push(listener);
  }

  /**
   * Queues what is to be told of a review; said again it changes nothing. The news comes last: where it is told,
   * the time-out is there.
   */
  async announce({ guildId, ref, decision, openedAt, timeoutMs, ...told }: StoredReview): Promise<void> {
    const task = { guildId, ref };
    const key = toKey(task);
    if (decision !== undefined) {
      if (told.decidedToldAt === undefined)
        await this.#news.add(task, { key: `${key}:decided`, group: key, ...UNTIL_DONE });
      return;
    }
    if (told.openedToldAt !== undefined) return;
    if (timeoutMs !== undefined) {
      const delayMs = Math.min(timeoutMs, Math.max(0, openedAt + timeoutMs - this.#parts.clock.now()));
      await this.#timeouts.add(task, { key, delayMs, ...UNTIL_DONE });
    }
    await this.#news.add(task, { key: `${key}:opened`, group: key, ...UNTIL_DONE });
  }

  tellReminder(review: Review, number: number): Promise<void> {
    return tellAll(this.#reminders, review, number);
  }

  /** Tells what the review has come to, whichever news it was queued for. */
  async #tell(id: ReviewId): Promise<void> {
    const review = await this.#parts.read(id);
    if (review === undefined) return;
    if (review.decision === undefined) {
      if (review.openedToldAt !== undefined) return;
      await tellAll(this.#opened, review);
      return this.#parts.markTold(id, 'openedToldAt');
    }
    if (review.decidedToldAt !== undefined) return;
    await tellAll(this.#decided, review, review.decision);
    await this.#parts.markTold(id, 'decidedToldAt');
  }

  async #timeOut(id: ReviewId): Promise<RetryLater | undefined> {
    const againMs = await this.#parts.timeOut(id);
    return againMs === undefined ? undefined : new RetryLater(Math.max(0, againMs), 'waits for moderators');
  }
}

/** One that fails does not keep the others from hearing it. */
async function tellAll<Args extends readonly unknown[]>(
  listeners: readonly Listener<Args>[],
  ...args: Args
): Promise<void> {
  const results = await Promise.allSettled(listeners.map((listener) => listener(...args)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
