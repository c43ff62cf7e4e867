import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { forEachLimited } from '../../shared/map-limited.ts';
import type { ApiVersion } from '../../useapi/api-job.ts';
import type { JobActions } from '../job-actions.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import type { Act } from './act.ts';
import type { ActApi } from './act-api.ts';
import { ActRunner } from './act-runner.ts';
import { ActSearch } from './act-search.ts';
import type { ActStore } from './act-store.ts';
import { Presses } from './presses.ts';
import { resetApiChannel } from './resets.ts';
import { Submissions } from './submissions.ts';
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
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;

/** All that spends money, put together: presses, submits, and the line in which both wait. */
export class Acting {
  readonly presses: Presses;
  readonly submissions: Submissions;
  readonly line: WaitingLine;
  readonly runner: ActRunner;
  readonly #options: ActingOptions;
  readonly #recoveredListeners: ((act: Act, result: WaitedResult) => void)[] = [];

  constructor(options: ActingOptions) {
    const { api, tracker } = options;
    this.#options = options;
    this.runner = new ActRunner({ ...options, search: new ActSearch(api, tracker, options.clock) });
    this.line = new WaitingLine({ ...options, runner: this.runner });
    this.presses = new Presses({ ...options, runner: this.runner, line: this.line });
    this.submissions = new Submissions({ ...options, runner: this.runner, line: this.line });
    tracker.onChange((job) => void this.runner.noteJob(job).catch((thrown: unknown) => this.#warn(thrown)));
  }

  /** Calls `listener` with what came of an act that a crash left open; not again with one that may be running. */
  onRecovered(listener: (act: Act, result: WaitedResult) => void): void {
    this.#recoveredListeners.push(listener);
  }

  /** Takes up after a restart: what waited waits on, and what was being sent is looked for; nothing of it is sent again. */
  async recover(): Promise<void> {
    const open = await this.#options.acts.open();
    for (const act of open) await this.runner.tellBegun(act);
    this.line.resume(open.filter(({ state }) => state === 'waiting'));
    const lost = open.filter(({ id, state }) => state !== 'waiting' && !this.runner.isInFlight(id));
    await forEachLimited(lost, CONCURRENT_LOOKS, (act) => this.#lookFor(act));
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
  }

  async #lookFor(act: Act): Promise<void> {
    try {
      const result = await this.runner.lookFor(act);
      if (result.outcome === 'busy') return;
      const { outcome } = result;
      const isOld = Math.abs(this.#options.clock.now() - act.askedAt) > GIVE_UP_AFTER_MS;
      if (outcome === 'may-be-running' && isOld) await this.#options.acts.giveUp(act.id);
      const isNews = act.state === 'sending' || outcome !== 'may-be-running';
      if (isNews) for (const listener of this.#recoveredListeners) listener(act, result);
    } catch (thrown) {
      this.#warn(thrown);
    }
  }

  #warn(thrown: unknown): void {
    this.#options.logger.warn({ error: toErrorMessage(thrown) }, 'An act could not be looked for.');
  }
}
