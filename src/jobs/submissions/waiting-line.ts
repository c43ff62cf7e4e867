import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { toApiChannel, toVersion } from './lost-answers.ts';
import type { Act } from './submission.ts';
import { ActError } from './submission-errors.ts';
import type { ActResult } from './submission-result.ts';
import type { ActRunner } from './submission-runner.ts';
import type { ActStore } from './submission-store.ts';
import { findAllOf, toPositions, toServingOrder, type Waiter } from './waiting-order.ts';

/** News of one that waits: its place changed, it is being sent, it is over, it was taken back. */
export type Progress =
  | { readonly kind: 'position'; readonly key: string; readonly position: number }
  | { readonly kind: 'sending'; readonly key: string }
  | { readonly kind: 'cancelled'; readonly key: string; readonly act?: Act }
  | { readonly kind: 'over'; readonly key: string; readonly act: Act; readonly result: WaitedResult };
export type WaitedResult = Exclude<ActResult, { readonly outcome: 'busy' }>;
type ProgressListener = (progress: Progress) => void;

/** `being-sent`: it is taken back if it is not taken now. */
export type TakeBackOutcome = 'cancelled' | 'being-sent' | 'not-found';

/** Where one waits. */
export interface Place {
  readonly key: string;
  /** From 1. */
  readonly position: number;
}

export interface WaitingLineOptions {
  readonly acts: ActStore;
  readonly runner: ActRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

interface Entry extends Waiter {
  readonly guildId: string;
  told?: number;
}

interface Lane {
  readonly name: string;
  readonly entries: Map<string, Entry>;
  /** When the next try is due, by the monotonic clock. */
  probeAt: number;
  sending?: string;
  isTakenBack: boolean;
  serving?: Promise<void>;
  wake: AbortController;
}

const MIN_WAIT_MS = 10_000;
const MAX_WAIT_MS = 30_000;
const MAX_RETRY_AFTER_MS = 10 * 60_000;
const SEND_FAILED =
  'What came of this could not be written down. It may be running: look at `/jobs` before you try again.';

/** The durable line of acts that the API had no slot for: one member after the other, one try at a time per API channel. */
export class WaitingLine {
  readonly #options: Required<WaitingLineOptions>;
  readonly #lanes = new Map<string, Lane>();
  readonly #listeners: ProgressListener[] = [];
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

  /** Whether others wait for the same slots, so that a new one has to wait too. */
  isBusy(act: Act): boolean {
    return (this.#lanes.get(toLaneName(act))?.entries.size ?? 0) > 0;
  }

  /** Takes up after a restart those that waited. */
  resume(acts: readonly Act[]): void {
    for (const act of acts) {
      this.#lastTurn = Math.max(this.#lastTurn, act.turn);
      this.#add(act);
    }
  }

  /** Stores a new act and puts it into the line; undefined where another process was faster. @see ActStore.begin */
  async enter(act: Act, follows?: string): Promise<Act | undefined> {
    const waiting: Act = { ...act, state: 'waiting', hasWaited: true };
    if (!(await this.#options.acts.begin(waiting, follows))) return undefined;
    await this.#options.runner.tellBegun(waiting);
    this.#add(waiting);
    return waiting;
  }

  /** Puts an act into the line that the API had no slot for; `ActRunner` has stored it as waiting. */
  join(act: Act, retryAfterMs: number | undefined): Place {
    const lane = this.#add(act);
    if (lane.sending === undefined) this.#postpone(lane, retryAfterMs);
    return this.placeOf(act);
  }

  placeOf(act: Act): Place {
    return { key: act.id, position: this.position(act.id) ?? 1 };
  }

  /** From 1; undefined for one that does not wait. */
  position(key: string): number | undefined {
    const lane = this.#laneOf(key);
    return lane === undefined ? undefined : toPositions([...lane.entries.values()]).get(key);
  }

  /** Who waits there; undefined for one that does not wait, or waits in another server. */
  requesterOf(key: string, guildId: string): string | undefined {
    const entry = this.#laneOf(key)?.entries.get(key);
    return entry?.guildId === guildId ? entry.userId : undefined;
  }

  /** Takes one back that has not been sent; one of another server is not found. */
  async cancel(key: string, guildId: string): Promise<TakeBackOutcome> {
    const lane = this.#laneOf(key);
    if (lane === undefined || lane.entries.get(key)?.guildId !== guildId) return 'not-found';
    if (lane.sending === key) {
      lane.isTakenBack = true;
      return 'being-sent';
    }
    await this.#takeBack(lane, key);
    return 'cancelled';
  }

  /** Calls `listener` with all news of all that wait, also of those from before a restart. */
  onAnyProgress(listener: ProgressListener): void {
    this.#listeners.push(listener);
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

  #add(act: Act): Lane {
    const name = toLaneName(act);
    const fresh = { name, entries: new Map(), probeAt: 0, isTakenBack: false, wake: new AbortController() };
    const lane: Lane = this.#lanes.get(name) ?? fresh;
    this.#lanes.set(name, lane);
    lane.entries.set(act.id, { id: act.id, userId: act.userId, guildId: act.guildId, turn: act.turn });
    this.#tellPositions(lane);
    lane.serving ??= Promise.resolve().then(() => this.#serve(lane));
    return lane;
  }

  async #serve(lane: Lane): Promise<void> {
    while (!this.#isClosed && lane.entries.size > 0) {
      await this.#rest(lane);
      const [next] = toServingOrder([...lane.entries.values()]);
      if (this.#isClosed || next === undefined) continue;
      if (lane.probeAt > this.#options.clock.monotonicMs()) continue;
      lane.sending = next.id;
      await this.#serveOne(lane, next);
      delete lane.sending;
    }
    delete lane.serving;
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
      const waiting = await this.#options.acts.get(entry.id);
      const act = waiting?.state === 'waiting' ? await this.#options.runner.resume(waiting) : undefined;
      if (act === undefined) return await this.#leave(lane, entry);
      this.#tell({ kind: 'sending', key: entry.id });
      await this.#conclude(lane, entry, await this.#send(act));
    } catch (thrown) {
      logger.error({ act: entry.id, error: toErrorMessage(thrown) }, 'The store kept an act from being sent.');
      this.#postpone(lane, undefined);
    }
  }

  /** Never rejects. */
  async #send(act: Act): Promise<ActResult> {
    try {
      return await this.#options.runner.send(act);
    } catch (thrown) {
      this.#options.logger.error(
        { act: act.id, error: toErrorMessage(thrown) },
        'The outcome of an act was not stored.',
      );
      return { outcome: 'failed', error: new ActError(act.id, 'act-not-stored', SEND_FAILED, { cause: thrown }) };
    }
  }

  async #conclude(lane: Lane, entry: Entry, result: ActResult): Promise<void> {
    const isTakenBack = lane.isTakenBack;
    lane.isTakenBack = false;
    if (result.outcome === 'busy') {
      this.#postpone(lane, result.retryAfterMs);
      // It was told that this one is being sent.
      delete entry.told;
      if (isTakenBack) await this.#takeBack(lane, entry.id);
      else this.#tellPositions(lane);
      return;
    }
    const act = await this.#options.acts.get(entry.id).catch(() => undefined);
    if (act !== undefined) this.#tell({ kind: 'over', key: entry.id, act, result });
    await this.#leave(lane, entry);
  }

  async #takeBack(lane: Lane, key: string): Promise<void> {
    const act = await this.#options.acts.get(key);
    if (act?.state === 'waiting') {
      await this.#options.acts.put({ ...act, state: 'cancelled', endedAt: this.#options.clock.now() });
    }
    lane.entries.delete(key);
    this.#tell({ kind: 'cancelled', key, ...compact({ act }) });
    this.#tellPositions(lane);
    if (lane.entries.size === 0) lane.wake.abort();
  }

  /** Takes one that was served out of the line; what its member has left goes behind the next of all others. */
  async #leave(lane: Lane, entry: Entry): Promise<void> {
    lane.entries.delete(entry.id);
    const left = findAllOf([...lane.entries.values()], entry.userId).map((own) => ({ ...own, turn: this.nextTurn() }));
    for (const own of left) lane.entries.set(own.id, own);
    // The last one first, so that a crash in between does not change the member's own order.
    for (const own of left.reverse()) await this.#storeTurn(own);
    this.#tellPositions(lane);
  }

  async #storeTurn({ id, turn }: Entry): Promise<void> {
    const act = await this.#options.acts.get(id);
    if (act?.state === 'waiting') await this.#options.acts.put({ ...act, turn });
  }

  #postpone(lane: Lane, retryAfterMs: number | undefined): void {
    const { clock, random } = this.#options;
    const ownMs = MIN_WAIT_MS + random() * (MAX_WAIT_MS - MIN_WAIT_MS);
    const waitMs = retryAfterMs === undefined ? ownMs : Math.min(MAX_RETRY_AFTER_MS, Math.max(1_000, retryAfterMs));
    lane.probeAt = Math.max(lane.probeAt, clock.monotonicMs() + waitMs);
  }

  #tellPositions(lane: Lane): void {
    for (const [key, position] of toPositions([...lane.entries.values()])) {
      const entry = lane.entries.get(key);
      if (entry === undefined || entry.told === position) continue;
      entry.told = position;
      this.#tell({ kind: 'position', key, position });
    }
  }

  #tell(progress: Progress): void {
    for (const listener of this.#listeners) listener(progress);
  }
}

function toLaneName(act: Act): string {
  return `${toVersion(act)} ${toApiChannel(act) ?? ''}`;
}
