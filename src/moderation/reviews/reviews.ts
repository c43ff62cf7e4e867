import type { Queue } from '../../queue/contract.ts';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Store } from '../../storage/contract.ts';
import type { GuildSettings } from '../guild-settings.ts';
import type { AuditLog } from '../log/audit-log.ts';
import { LOG_ACTION, type LogDraft, namesMember, replaceMember } from '../log/log-entry.ts';
import { castVote, type Review, timeOut, type Verdict, type VoteResult, withoutOpenVote } from './review.ts';
import { ReviewEvents } from './review-events.ts';
import { isOwing, type ReviewId, ReviewStore, StoredReview, toKey } from './review-store.ts';

const HOUR_MS = 3_600_000;

/** Why a job is held, and for whom. */
export interface OpenReason {
  readonly why: 'mode' | 'word';
  /** The listed word. */
  readonly word?: string;
  /** The member who started the job. */
  readonly requestedBy?: string;
}

export interface Ballot {
  /** The moderator; whether they may review is checked by the caller. */
  readonly by: string;
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** `not-found`: this server has no review of this job. */
export type VoteOutcome = VoteResult | { readonly outcome: 'not-found' };

export interface ReviewsOptions {
  readonly store: Store;
  readonly queue: Pick<Queue, 'define'>;
  readonly settings: GuildSettings;
  readonly log: AuditLog;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The reviews of all servers: who opened, voted and decided is stored together with its entry in the log; listeners
 * hear of it from what is stored, so that a crash anywhere makes them hear it again and never not at all.
 */
export class Reviews {
  readonly #store: ReviewStore;
  readonly #events: ReviewEvents;
  /**
   * Calls the listener with each review until it succeeds: show it to the reviewers. May be called again: must be
   * idempotent. Not called with one that was decided first.
   */
  readonly onOpened: ReviewEvents['onOpened'];
  /**
   * Calls the listener with each decision until it succeeds: release or drop what was held back. May be called again:
   * must be idempotent.
   */
  readonly onDecided: ReviewEvents['onDecided'];
  /**
   * Calls the listener each time that a review with `onTimeout: remind` waited for long; `number` counts from 1. May be
   * called again with the same number.
   */
  readonly onReminder: ReviewEvents['onReminder'];
  readonly #settings: GuildSettings;
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lock = new KeyedLock();
  /** Reviews whose last write, log entry or report failed. */
  readonly #owing = new Map<string, ReviewId>();

  constructor({ store, queue, settings, log, clock, logger }: ReviewsOptions) {
    this.#store = new ReviewStore(store);
    this.#events = new ReviewEvents(queue, {
      read: (id) => this.get(id.guildId, id.ref),
      markReported: (id, what) => this.#markReported(id, what),
      timeOut: (id) => this.#timeOut(id),
      clock,
    });
    this.onOpened = this.#events.onOpened;
    this.onDecided = this.#events.onDecided;
    this.onReminder = this.#events.onReminder;
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Reads what is held into memory and takes up what a crash left undone; after the settings are loaded. Rejects with a
   * `StoreError`.
   */
  async load(): Promise<void> {
    for (const id of await this.#store.load(this.#clock.now())) this.#owing.set(toKey(id), id);
    await this.settle();
  }

  /** Starts calling the listeners; once, after they were added. */
  start(): void {
    this.#events.start();
  }

  /**
   * Holds a job back until it is decided. Where it has a review, that one is answered as it is. Rejects with a
   * `StoreError`.
   */
  open(guildId: string, ref: string, { why, word, requestedBy }: OpenReason): Promise<Review> {
    return this.#run({ guildId, ref }, async (known) => {
      if (known !== undefined) {
        if (isOwing(known)) await this.#pay(known);
        return known;
      }
      const { timeoutHours, onTimeout } = this.#settings.get(guildId).review;
      const opened: StoredReview = {
        guildId,
        ref,
        why,
        onTimeout,
        votes: [],
        revision: 0,
        outbox: [],
        openedAt: this.#clock.now(),
        ...compact({ word, requestedBy }),
        ...(timeoutHours !== undefined && { timeoutMs: timeoutHours * HOUR_MS }),
      };
      await this.#store.set(opened);
      await this.#pay(opened);
      return opened;
    });
  }

  /**
   * Counts a moderator's vote by the quorum that the server has set now. Of several at once, each learns what became
   * of theirs.
   */
  vote(guildId: string, ref: string, { by, verdict, reason }: Ballot): Promise<VoteOutcome> {
    return this.#run({ guildId, ref }, async (known): Promise<VoteOutcome> => {
      if (known === undefined) return { outcome: 'not-found' };
      const at = this.#clock.now();
      const vote = { by, verdict, at, ...compact({ reason }) };
      const result = castVote(known, vote, this.#settings.get(guildId).review.quorum);
      if (result.outcome === 'already-decided' || result.outcome === 'unchanged') return result;
      const details = { verdict, ...compact({ reason }) };
      const review = await this.#change(result.review, {
        actorId: by,
        action: result.outcome === 'decided' ? LOG_ACTION.reviewDecision : LOG_ACTION.reviewVote,
        details: result.outcome === 'counted' && result.previous ? { ...details, previous: result.previous } : details,
      });
      return { ...result, review };
    });
  }

  get(guildId: string, ref: string): Promise<StoredReview | undefined> {
    return this.#store.get({ guildId, ref });
  }

  /** Whether this server may not be shown the job's result: from memory. Throws an `AppError` before `load`. */
  isHeld(guildId: string, ref: string): boolean {
    return this.#store.isHeld({ guildId, ref });
  }

  /** Whether moderators are still to decide on it: from memory. */
  isOpen(guildId: string, ref: string): boolean {
    return this.#store.isOpen({ guildId, ref });
  }

  /** The server's reviews that wait for a decision, oldest first; from memory. */
  listOpen(guildId: string): readonly Review[] {
    return this.#store.listOpen(guildId);
  }

  /** Remembers the review's message, so that it is posted once and can be edited. */
  attachCard(guildId: string, ref: string, card: NonNullable<Review['card']>): Promise<void> {
    return this.#run({ guildId, ref }, async (known) => {
      if (known !== undefined) await this.#store.set({ ...known, card });
    });
  }

  /** Tries again what failed: log entries, and queuing what is to be reported. */
  async settle(): Promise<void> {
    for (const id of [...this.#owing.values()]) {
      await this.#run(id, async (known) => {
        if (known !== undefined && isOwing(known)) await this.#pay(known);
        else this.#owing.delete(toKey(id));
      });
    }
  }

  /** What a server's reviews say of a member, as JSON lines. */
  async *exportMemberLines(guildId: string, memberId: string): AsyncGenerator<string> {
    for await (const { outbox, revision, ...review } of this.#store.all(guildId)) {
      if (namesMember(review, memberId)) yield `${JSON.stringify({ kind: 'review', ...review })}\n`;
    }
  }

  /** Puts a pseudonym in the place of a member's id; votes that can still be changed are removed. */
  async replaceMember(guildId: string, memberId: string, pseudonym: string): Promise<void> {
    const named: string[] = [];
    for await (const review of this.#store.all(guildId)) if (namesMember(review, memberId)) named.push(review.ref);
    for (const ref of named) {
      await this.#run({ guildId, ref }, async (known) => {
        if (known === undefined) return;
        const rest = withoutOpenVote(known, memberId);
        await this.#store.set(replaceMember(rest, { memberId, pseudonym, schema: StoredReview }));
      });
    }
  }

  /** Deletes a server's reviews: what they held is held no more. Rejects with a `StoreError`. */
  forget(guildId: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      await this.#store.forget(guildId);
      for (const [key, id] of [...this.#owing]) if (id.guildId === guildId) this.#owing.delete(key);
    });
  }

  /** Returns in how many milliseconds to look again; `undefined`: never. */
  async #timeOut(id: ReviewId): Promise<number | undefined> {
    const result = await this.#run(id, async (known) => {
      if (known === undefined) return undefined;
      const timedOut = timeOut(known, this.#clock.now());
      if (timedOut.outcome !== 'decided') return timedOut;
      const details = { verdict: timedOut.decision.verdict, cause: 'timeout' };
      await this.#change(timedOut.review, { action: LOG_ACTION.reviewDecision, details });
      return undefined;
    });
    const review = result && (await this.#store.get(id));
    if (review?.timeoutMs === undefined || review.decision !== undefined) return undefined;
    const number = result?.outcome === 'remind' ? result.number : 0;
    if (number > 0) await this.#events.remind(review, number);
    const waitMs = review.openedAt + (number + 1) * review.timeoutMs - this.#clock.now();
    return Math.min(review.timeoutMs, waitMs);
  }

  async #change(review: StoredReview, entry: Pick<LogDraft, 'actorId' | 'action' | 'details'>): Promise<StoredReview> {
    const { guildId, ref, openedAt, requestedBy } = review;
    const revision = review.revision + 1;
    const draft: LogDraft = {
      ...entry,
      guildId,
      ref,
      at: this.#clock.now(),
      id: `review:${guildId}:${ref}:${openedAt}:${revision}`,
      ...compact({ targetId: requestedBy }),
    };
    const changed = { ...review, revision };
    await this.#store.set(changed, (transaction) => this.#log.append(draft, transaction));
    await this.#pay(changed);
    return changed;
  }

  /**
   * Announces what a stored review has come to. It does not fail: what it could not do is tried again by `settle`, or
   * after a restart.
   */
  async #pay(review: StoredReview): Promise<void> {
    try {
      if (review.outbox.length > 0) await this.#logOwed(review);
      await this.#events.announce(review);
      this.#owing.delete(toKey(review));
    } catch (error) {
      this.#owing.set(toKey(review), review);
      this.#logger.warn({ ref: review.ref, reason: toErrorMessage(error) }, 'A review is posted later.');
    }
  }

  async #logOwed(review: StoredReview): Promise<void> {
    await this.#store.set({ ...review, outbox: [] }, async (transaction) => {
      for (const draft of review.outbox) await this.#log.append(draft, transaction);
    });
  }

  async #markReported(id: ReviewId, what: 'openedToldAt' | 'decidedToldAt'): Promise<void> {
    await this.#run(id, async (known) => {
      if (known !== undefined) await this.#store.set({ ...known, [what]: this.#clock.now() });
    });
  }

  /** One at a time per server. What failed may have happened: it is looked at again by `settle`. */
  #run<T>(id: ReviewId, work: (known: StoredReview | undefined) => Promise<T>): Promise<T> {
    return this.#lock.run(id.guildId, async () => {
      try {
        return await work(await this.#store.get(id));
      } catch (error) {
        this.#owing.set(toKey(id), id);
        throw error;
      }
    });
  }
}
