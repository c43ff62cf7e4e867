import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Collection, Store, Unreadable } from '../../storage/contract.ts';
import { LogDraft } from '../log/log-entry.ts';
import { isHeld, Review } from './review.ts';

/** As long as jobs are kept: a job that is met again later is reviewed again. */
const KEEP_APPROVED_MS = 62 * 86_400_000;

/** A review with what it still owes to others. */
export const StoredReview = Review.extend({
  /** Counts the writes that changed it. */
  revision: z.int().nonnegative(),
  /** Entries that version 0.2 stored before it logged them, and may owe; empty since. */
  outbox: z.array(LogDraft),
  /** When the listeners had been called, in epoch milliseconds. */
  openedToldAt: z.number().exactOptional(),
  decidedToldAt: z.number().exactOptional(),
});
export type StoredReview = z.infer<typeof StoredReview>;

export interface ReviewId {
  readonly guildId: string;
  readonly ref: string;
}

/** Whether somebody is still to hear of it. */
export function isOwing({ outbox, decision, openedToldAt, decidedToldAt }: StoredReview): boolean {
  if (outbox.length > 0) return true;
  return decision === undefined ? openedToldAt === undefined : decidedToldAt === undefined;
}

/** Reviews by server and job. In memory: those that are open, and the refs of all that are held. */
export class ReviewStore {
  readonly #store: Pick<Store, 'transaction'>;
  readonly #reviews: Collection<StoredReview>;
  readonly #open = new Map<string, StoredReview>();
  readonly #held = new Map<string, Set<string>>();
  #isLoaded = false;

  constructor(store: Store) {
    this.#store = store;
    this.#reviews = store.collection('reviews', StoredReview, { repair: toOpenReview });
  }

  /**
   * Reads all reviews once, forgets those approved long ago, and returns those that still owe something.
   * Rejects with a `StoreError`.
   */
  async load(now: number): Promise<readonly ReviewId[]> {
    const owing: ReviewId[] = [];
    const outdated: string[] = [];
    for await (const [key, review] of this.#reviews.entries()) {
      this.#remember(review);
      if (isOwing(review)) owing.push({ guildId: review.guildId, ref: review.ref });
      else if (!isHeld(review) && (review.decision?.at ?? now) < now - KEEP_APPROVED_MS) outdated.push(key);
    }
    for (const key of outdated) await this.#reviews.delete(key);
    this.#isLoaded = true;
    return owing;
  }

  async get(id: ReviewId): Promise<StoredReview | undefined> {
    const open = this.#open.get(toKey(id));
    if (open !== undefined) return open;
    const review = await this.#reviews.get(toKey(id));
    if (review !== undefined) this.#remember(review);
    return review;
  }

  /**
   * Stores a review, and what `also` writes in the same transaction. Holds the job from before the write on, lets it go
   * after the write alone; a write that fails may have happened.
   */
  async set(review: StoredReview, also: (transaction: Transaction) => Promise<unknown> = nothing): Promise<void> {
    if (isHeld(review)) this.#hold(review);
    this.#open.delete(toKey(review));
    await this.#store.transaction(async (transaction) => {
      await this.#reviews.within(transaction).set(toKey(review), review);
      await also(transaction);
    });
    this.#remember(review);
  }

  /** From memory. Throws an `AppError` before `load`. */
  isHeld({ guildId, ref }: ReviewId): boolean {
    if (!this.#isLoaded) throw new AppError('reviews-not-loaded', 'The reviews are not loaded.');
    return this.#held.get(guildId)?.has(ref) ?? false;
  }

  /** From memory. */
  isOpen(id: ReviewId): boolean {
    return this.#open.has(toKey(id));
  }

  /** From memory, oldest first. */
  listOpen(guildId: string): readonly StoredReview[] {
    const own = [...this.#open.values()].filter((review) => review.guildId === guildId);
    return own.toSorted((one, other) => one.openedAt - other.openedAt);
  }

  /** Every review of a server, read from disk. */
  async *all(guildId: string): AsyncGenerator<StoredReview> {
    for await (const [, review] of this.#reviews.entries()) if (review.guildId === guildId) yield review;
  }

  /** Deletes a server's reviews. */
  async forget(guildId: string): Promise<void> {
    const own: StoredReview[] = [];
    for await (const review of this.all(guildId)) own.push(review);
    for (const review of own) {
      await this.#reviews.delete(toKey(review));
      this.#open.delete(toKey(review));
    }
    this.#held.delete(guildId);
  }

  #remember(review: StoredReview): void {
    if (review.decision === undefined) this.#open.set(toKey(review), review);
    else this.#open.delete(toKey(review));
    if (isHeld(review)) this.#hold(review);
    else this.#held.get(review.guildId)?.delete(review.ref);
  }

  #hold({ guildId, ref }: ReviewId): void {
    const refs = this.#held.get(guildId) ?? new Set();
    this.#held.set(guildId, refs.add(ref));
  }
}

async function nothing(): Promise<void> {}

export function toKey({ guildId, ref }: ReviewId): string {
  return `${guildId}:${ref}`;
}

/** A review that cannot be read holds its job, and is put before the reviewers once more. */
function toOpenReview({ key, now }: Unreadable): StoredReview {
  const [guildId = '', ref = ''] = key.split(':');
  const review = { guildId, ref, why: 'mode', onTimeout: 'remind', openedAt: now } as const;
  return { ...review, votes: [], revision: 0, outbox: [] };
}
