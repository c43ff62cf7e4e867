import type { ApiVersion } from '../../backends/api-job.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import { forEachLimited } from '../../shared/limiter.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Job } from '../job.ts';
import type { JobActions } from '../job-actions.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { resetApiChannel } from './channel-resets.ts';
import { ActSearch } from './lost-answers.ts';
import { Presses } from './presses.ts';
import { Submissions } from './prompts.ts';
import { type Act, isOpenAct } from './submission.ts';
import type { ActApi } from './submission-api.ts';
import { ActRunner } from './submission-runner.ts';
import type { ActStore, PendingAct } from './submission-store.ts';
import { type WaitedResult, WaitingLine } from './waiting-line.ts';

export interface ActingOptions {
  readonly api: ActApi;
  /** Its `originOf` must be given to the tracker. */
  readonly acts: ActStore;
  readonly actions: JobActions;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  /** The version that takes submits. */
  readonly version: ApiVersion;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

const CONCURRENT_LOOKS = 2;
/** Milliseconds after which nobody waits any more for the answer to an interaction. */
const INTERACTION_LIFE_MS = 15 * 60_000;
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;

/** All that spends money, put together: presses, submits, and the line in which both wait. */
export class Acting {
  readonly presses: Presses;
  readonly submissions: Submissions;
  readonly line: WaitingLine;
  readonly runner: ActRunner;
  readonly #options: ActingOptions;
  readonly #outcomeListeners: ((act: Act, result: WaitedResult) => Promise<void>)[] = [];
  readonly #background = new Set<Promise<void>>();
  readonly #lock = new KeyedLock();
  /** Acts whose requesters could not be told at the last try. */
  readonly #untold = new Set<string>();

  constructor(options: ActingOptions) {
    const { api, tracker } = options;
    this.#options = options;
    this.runner = new ActRunner({ ...options, search: new ActSearch(api, tracker, options.clock) });
    this.line = new WaitingLine({ ...options, runner: this.runner });
    this.presses = new Presses({ ...options, runner: this.runner, line: this.line });
    this.submissions = new Submissions({ ...options, runner: this.runner, line: this.line });
    tracker.onUndecided(() => this.runner.lookAgain());
    this.runner.onFound((act, job) => this.#tellInBackground(act, { outcome: 'found', job }));
    this.line.onAnyProgress((news) => {
      if (news.kind === 'over') this.#tellInBackground(news.act, news.result);
    });
  }

  /**
   * Calls `listener` with what came of an act for which no interaction waits any more, until it resolves: also after a crash, and
   * again after one in between, so it must be idempotent.
   */
  onOutcome(listener: (act: Act, result: WaitedResult) => Promise<void>): void {
    this.#outcomeListeners.push(listener);
  }

  /** Takes note of a job that was stored: it may be the one that an act of unknown outcome made. Never rejects. */
  async noteJob(job: Job): Promise<void> {
    await this.runner.noteJob(job).catch((thrown: unknown) => this.#warn(thrown));
  }

  /** Notes that the requester has been answered: nothing more is to be told of this outcome. Never rejects. */
  noteTold(id: string, { isDoubt = false } = {}): Promise<void> {
    const noted = this.#options.acts.noteTold(id, isDoubt).catch((thrown: unknown) => this.#warn(thrown));
    this.#inBackground(noted);
    return noted;
  }

  /** Takes up after a restart: what waited waits on, what was being sent is looked for, what was not told is told; nothing is sent again. */
  async recover(): Promise<void> {
    const pending = await this.#options.acts.pending();
    const open = pending.map(({ act }) => act).filter(isOpenAct);
    for (const act of open) await this.runner.tellBegun(act);
    this.line.resume(open.filter(({ state }) => state === 'waiting'));
    const lost = pending.filter(({ act }) => act.state !== 'waiting' && !this.runner.isInFlight(act.id));
    await forEachLimited(lost, CONCURRENT_LOOKS, (one) => this.#lookFor(one));
  }

  /** Tries again, now and then, to tell what could not be told. */
  async tellUntold(): Promise<void> {
    for (const pending of await this.#options.acts.pending()) {
      const { act, isDoubtTold } = pending;
      const isOpen = act.state === 'waiting' || act.state === 'sending' || (act.state === 'unknown' && isDoubtTold);
      if (!isOpen && (this.#untold.delete(act.id) || this.#isForgotten(act))) await this.#lookFor(pending);
    }
  }

  /** Whether the interaction that is to be answered with this is over for sure. */
  #isForgotten({ endedAt = 0 }: Act): boolean {
    return Math.abs(this.#options.clock.now() - endedAt) > INTERACTION_LIFE_MS;
  }

  /** Clears a 596 of an API channel. @throws UserError */
  resetApiChannel(version: ApiVersion, apiChannel: string): Promise<void> {
    return resetApiChannel(this.#options.api, version, apiChannel);
  }

  /** Takes nothing more out of the line. */
  stop(): void {
    this.line.close();
  }

  /** Resolves, after `stop`, when nothing is left that writes to the store. */
  async whenIdle(): Promise<void> {
    await this.line.whenClosed();
    await this.runner.whenIdle();
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  async #lookFor({ act, isDoubtTold }: PendingAct): Promise<void> {
    try {
      const result = await this.runner.lookFor(act);
      if (result.outcome === 'busy') return;
      const isUnknown = result.outcome === 'may-be-running';
      if (!(isUnknown && isDoubtTold)) return this.#tellInBackground(act, result);
      const isOld = Math.abs(this.#options.clock.now() - act.askedAt) > GIVE_UP_AFTER_MS;
      if (isOld) await this.#options.acts.giveUp(act.id);
    } catch (thrown) {
      this.#warn(thrown);
    }
  }

  #tellInBackground(act: Act, result: WaitedResult): void {
    this.#inBackground(this.#lock.run(act.id, () => this.#tell(act, result)));
  }

  /** Never rejects: what could not be told is told later. */
  async #tell(act: Act, result: WaitedResult): Promise<void> {
    try {
      for (const listener of this.#outcomeListeners) await listener(act, result);
      await this.#options.acts.noteTold(act.id, result.outcome === 'may-be-running');
    } catch (thrown) {
      this.#untold.add(act.id);
      const facts = { act: act.id, error: toErrorMessage(thrown) };
      this.#options.logger.warn(facts, 'What came of an act could not be told; trying again later.');
    }
  }

  #inBackground(work: Promise<void>): void {
    const tracked = work.finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  #warn(thrown: unknown): void {
    this.#options.logger.warn({ error: toErrorMessage(thrown) }, 'An act could not be looked for.');
  }
}
