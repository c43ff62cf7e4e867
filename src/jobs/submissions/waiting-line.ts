import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { Listeners } from '../../shared/listeners.ts';
import type { Logger } from '../../shared/logger.ts';
import { toApiChannel, toBoard } from './lost-answers.ts';
import type { Submission } from './submission.ts';
import { SubmissionError } from './submission-errors.ts';
import type { SubmissionResult } from './submission-result.ts';
import type { SubmissionRunner } from './submission-runner.ts';
import type { SubmissionStore } from './submission-store.ts';
import { findAllOf, toPositions, toServingOrder, type Waiter, type WaitingPlace } from './waiting-order.ts';
import { submissionProblemWords } from './words.ts';

/** What happens to one that waits: its position changed, it is being sent, it is over, it was cancelled. */
export type Progress =
  | { readonly kind: 'position'; readonly key: string; readonly position: number }
  | { readonly kind: 'sending'; readonly key: string }
  | { readonly kind: 'cancelled'; readonly key: string; readonly submission?: Submission }
  | { readonly kind: 'over'; readonly key: string; readonly submission: Submission; readonly result: WaitedResult };
export type WaitedResult = Exclude<SubmissionResult, { readonly outcome: 'busy' }>;

/** `being-sent`: it is cancelled if the API does not take it now. */
export type WaitingCancelOutcome = 'cancelled' | 'being-sent' | 'not-found';

/** Where one stands in the line. */
export interface LinePosition {
  readonly key: string;
  /** From 1. */
  readonly position: number;
}

export interface WaitingLineOptions {
  readonly submissionStore: SubmissionStore;
  readonly runner: SubmissionRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

interface Entry extends Waiter {
  reported?: number;
}

interface Lane {
  readonly name: string;
  readonly entries: Map<string, Entry>;
  /** Forgotten over restarts: then the order is that in which they came. */
  readonly servedAt: Map<string, number>;
  /** When the next try is due, by the monotonic clock. */
  probeAt: number;
  sending?: string;
  isCancelled: boolean;
  serving?: Promise<void>;
  wake: AbortController;
}

const MIN_WAIT_MS = 10_000;
const MAX_WAIT_MS = 30_000;
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/**
 * The durable line of submissions that the API had no slot for: one server after the other, within it one member after
 * the other, one try at a time per API channel.
 */
export class WaitingLine {
  readonly #options: Required<WaitingLineOptions>;
  readonly #lanes = new Map<string, Lane>();
  readonly #progress = new Listeners<[progress: Progress], void>();
  /** Calls the listener with each change of all that wait, also of those from before a restart. */
  readonly onAnyProgress = this.#progress.on;
  #lastTurn = 0;
  #isClosed = false;

  constructor(options: WaitingLineOptions) {
    this.#options = { random: Math.random, ...options };
  }

  /** Larger than any before, also than those before a restart. */
  nextTurn(): number {
    this.#lastTurn = Math.max(this.#lastTurn + 1, this.#options.clock.now());
    return this.#lastTurn;
  }

  /** API channels for which somebody waits. */
  get laneCount(): number {
    return this.#lanes.size;
  }

  /** Whether others wait for the same slots, so that a new one has to wait too. */
  isBusy(submission: Submission): boolean {
    return (this.#lanes.get(toLaneName(submission))?.entries.size ?? 0) > 0;
  }

  /** Takes up after a restart those that waited. */
  resume(submissions: readonly Submission[]): void {
    for (const submission of submissions) {
      this.#lastTurn = Math.max(this.#lastTurn, submission.turn);
      this.#add(submission);
    }
  }

  /**
   * Stores a new submission and puts it into the line; undefined where another process was faster.
   * @see SubmissionStore.begin
   */
  async enter(submission: Submission, follows?: string): Promise<Submission | undefined> {
    const waiting: Submission = { ...submission, state: 'waiting', hasWaited: true };
    if (!(await this.#options.submissionStore.begin(waiting, follows))) return undefined;
    await this.#options.runner.reportBegun(waiting);
    this.#add(waiting);
    return waiting;
  }

  /** Puts a submission into the line that the API had no slot for; `SubmissionRunner` has stored it as waiting. */
  join(submission: Submission, retryAfterMs: number | undefined): LinePosition {
    const lane = this.#add(submission);
    if (lane.sending === undefined) this.#postpone(lane, retryAfterMs);
    return this.linePositionOf(submission);
  }

  linePositionOf(submission: Submission): LinePosition {
    return { key: submission.id, position: this.position(submission.id) ?? 1 };
  }

  /** From 1; undefined for one that does not wait. */
  position(key: string): number | undefined {
    const lane = this.#laneOf(key);
    return lane === undefined ? undefined : toPositions([...lane.entries.values()], lane.servedAt).get(key);
  }

  /** All of a server that wait, by their places; from memory. */
  listOf(guildId: string): readonly WaitingPlace[] {
    const places = [...this.#lanes.values()].flatMap(({ entries, servedAt }) => {
      const positions = toPositions([...entries.values()], servedAt);
      return [...entries.values()].map(({ id, userId, guildId: of }) => ({
        userId,
        guildId: of,
        position: positions.get(id) ?? 1,
      }));
    });
    const own = places.filter((place) => place.guildId === guildId).sort((a, b) => a.position - b.position);
    return own.map(({ userId, position }) => ({ userId, position }));
  }

  /** Who waits there; undefined for one that does not wait, or waits in another server. */
  requesterOf(key: string, guildId: string): string | undefined {
    const entry = this.#laneOf(key)?.entries.get(key);
    return entry?.guildId === guildId ? entry.userId : undefined;
  }

  /** Cancels one that has not been sent; one of another server is not found. */
  async cancel(key: string, guildId: string): Promise<WaitingCancelOutcome> {
    const lane = this.#laneOf(key);
    if (lane === undefined || lane.entries.get(key)?.guildId !== guildId) return 'not-found';
    if (lane.sending === key) {
      lane.isCancelled = true;
      return 'being-sent';
    }
    await this.#cancel(lane, key);
    return 'cancelled';
  }

  /** Cancels all of a server that has not been sent. */
  async cancelAllOf(guildId: string): Promise<void> {
    const keys = [...this.#lanes.values()].flatMap(({ entries }) => [...entries.keys()]);
    for (const key of keys) await this.cancel(key, guildId);
  }

  /** Sends nothing more; what is being sent goes on, and what waits is taken up at the next start. */
  close(): void {
    this.#isClosed = true;
    for (const lane of this.#lanes.values()) lane.wake.abort();
  }

  /** Resolves when nothing from the line is being sent, after `close`. */
  async whenClosed(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.serving));
  }

  #laneOf(key: string): Lane | undefined {
    return [...this.#lanes.values()].find((lane) => lane.entries.has(key));
  }

  #add(submission: Submission): Lane {
    const name = toLaneName(submission);
    const fresh = {
      name,
      entries: new Map(),
      servedAt: new Map(),
      probeAt: 0,
      isCancelled: false,
      wake: new AbortController(),
    };
    const lane: Lane = this.#lanes.get(name) ?? fresh;
    this.#lanes.set(name, lane);
    lane.entries.set(submission.id, {
      id: submission.id,
      userId: submission.userId,
      guildId: submission.guildId,
      turn: submission.turn,
    });
    this.#reportPositions(lane);
    lane.serving ??= Promise.resolve().then(() => this.#serve(lane));
    return lane;
  }

  async #serve(lane: Lane): Promise<void> {
    while (!this.#isClosed && lane.entries.size > 0) {
      await this.#rest(lane);
      const [next] = toServingOrder([...lane.entries.values()], lane.servedAt);
      if (this.#isClosed || next === undefined) continue;
      if (lane.probeAt > this.#options.clock.monotonicMs()) continue;
      lane.sending = next.id;
      await this.#serveOne(lane, next);
      delete lane.sending;
    }
    delete lane.serving;
    if (lane.entries.size === 0) this.#lanes.delete(lane.name);
  }

  /** Waits until the next try is due, or until the line has changed. */
  async #rest(lane: Lane): Promise<void> {
    const ms = lane.probeAt - this.#options.clock.monotonicMs();
    if (ms > 0) await this.#options.clock.sleep(ms, lane.wake.signal).catch(() => undefined);
    if (!this.#isClosed && lane.wake.signal.aborted) lane.wake = new AbortController();
  }

  async #serveOne(lane: Lane, entry: Entry): Promise<void> {
    const { logger } = this.#options;
    try {
      const waiting = await this.#options.submissionStore.get(entry.id);
      const submission = waiting?.state === 'waiting' ? await this.#options.runner.resume(waiting) : undefined;
      if (submission === undefined) return await this.#leave(lane, entry);
      this.#report({ kind: 'sending', key: entry.id });
      await this.#conclude(lane, entry, await this.#send(submission));
    } catch (thrown) {
      logger.error(
        { submission: entry.id, error: toErrorMessage(thrown) },
        'The store kept a submission from being sent.',
      );
      this.#postpone(lane, undefined);
    }
  }

  /** Never rejects. */
  async #send(submission: Submission): Promise<SubmissionResult> {
    try {
      return await this.#options.runner.send(submission);
    } catch (thrown) {
      this.#options.logger.error(
        { submission: submission.id, error: toErrorMessage(thrown) },
        'The outcome of a submission was not stored.',
      );
      return {
        outcome: 'failed',
        error: new SubmissionError(submission.id, 'submission-not-stored', submissionProblemWords.notNoted, {
          cause: thrown,
        }),
      };
    }
  }

  async #conclude(lane: Lane, entry: Entry, result: SubmissionResult): Promise<void> {
    const isCancelled = lane.isCancelled;
    lane.isCancelled = false;
    if (result.outcome === 'busy') {
      this.#postpone(lane, result.retryAfterMs);
      // It was reported that this one is being sent.
      delete entry.reported;
      if (isCancelled) await this.#cancel(lane, entry.id);
      else this.#reportPositions(lane);
      return;
    }
    const submission = await this.#options.submissionStore.get(entry.id).catch(() => undefined);
    if (submission !== undefined) this.#report({ kind: 'over', key: entry.id, submission, result });
    await this.#leave(lane, entry);
  }

  async #cancel(lane: Lane, key: string): Promise<void> {
    const submission = await this.#options.submissionStore.get(key);
    if (submission?.state === 'waiting') {
      await this.#options.submissionStore.put({
        ...submission,
        state: 'cancelled',
        endedAt: this.#options.clock.now(),
      });
    }
    lane.entries.delete(key);
    this.#report({ kind: 'cancelled', key, ...compact({ submission }) });
    this.#reportPositions(lane);
    if (lane.entries.size === 0) lane.wake.abort();
  }

  /** Takes one that was served out of the line; what its member has left goes behind the next of all others. */
  async #leave(lane: Lane, entry: Entry): Promise<void> {
    lane.entries.delete(entry.id);
    lane.servedAt.set(entry.guildId, this.nextTurn());
    if (lane.entries.size === 0) lane.servedAt.clear();
    const left = findAllOf([...lane.entries.values()], entry.userId).map((own) => ({ ...own, turn: this.nextTurn() }));
    for (const own of left) lane.entries.set(own.id, own);
    // The last one first, so that a crash in between does not change the member's own order.
    for (const own of left.reverse()) await this.#storeTurn(own);
    this.#reportPositions(lane);
  }

  async #storeTurn({ id, turn }: Entry): Promise<void> {
    const submission = await this.#options.submissionStore.get(id);
    if (submission?.state === 'waiting') await this.#options.submissionStore.put({ ...submission, turn });
  }

  #postpone(lane: Lane, retryAfterMs: number | undefined): void {
    const { clock, random } = this.#options;
    const ownMs = MIN_WAIT_MS + random() * (MAX_WAIT_MS - MIN_WAIT_MS);
    const waitMs = retryAfterMs === undefined ? ownMs : Math.min(MAX_RETRY_AFTER_MS, Math.max(1_000, retryAfterMs));
    lane.probeAt = Math.max(lane.probeAt, clock.monotonicMs() + waitMs);
  }

  #reportPositions(lane: Lane): void {
    for (const [key, position] of toPositions([...lane.entries.values()], lane.servedAt)) {
      const entry = lane.entries.get(key);
      if (entry === undefined || entry.reported === position) continue;
      entry.reported = position;
      this.#report({ kind: 'position', key, position });
    }
  }

  #report(progress: Progress): void {
    this.#progress.emit(progress);
  }
}

function toLaneName(submission: Submission): string {
  return `${toBoard(submission)} ${toApiChannel(submission) ?? ''}`;
}
