import type { SubmissionApi } from '../../../src/jobs/submissions/submission-api.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { SqliteConnection } from '../../../src/storage/sqlite/sqlite-connection.ts';
import type { FakeClock } from '../../fake-clock.ts';
import { type Death, Lifeline, MortalStore } from '../../notifications/lifeline.ts';
import { SubmissionBot } from './submission-rig.ts';

export interface MortalBotsOptions {
  readonly api: SubmissionApi;
  /** The board that takes submits. */
  readonly board: ConstructorParameters<typeof SubmissionBot>[3];
  readonly clock: FakeClock;
  /** Milliseconds after which the latest reply has arrived. */
  readonly lateMs: number;
}

/** Processes that live and die on one store, one after the other. */
export class MortalBots {
  readonly #options: MortalBotsOptions;
  readonly #connection: SqliteConnection;
  readonly #calls = new Set<Promise<unknown>>();
  #bot: SubmissionBot | undefined;
  #life = new Lifeline();

  constructor(options: MortalBotsOptions) {
    this.#options = options;
    this.#connection = new SqliteConnection(':memory:', options.clock);
  }

  /** A new process in the place of the one before, which never goes on. */
  async live(dies: Death | null): Promise<SubmissionBot> {
    const { clock, board } = this.#options;
    this.#bot?.submissions.stop();
    const life = new Lifeline(dies ?? undefined);
    const bot = new SubmissionBot(this.#toMortal(life), new MortalStore(this.#connection, life), clock, board);
    this.#life = life;
    this.#bot = bot;
    const up = bot.tracker.restore().then(() => bot.submissions.recover());
    await Promise.race([up, life.died]);
    return bot;
  }

  /** Resolves when it was replied to, or the process died over it, and all that followed is done. */
  async ask(asked: Promise<unknown>): Promise<void> {
    await Promise.race([asked.catch(() => undefined), this.#life.died]);
    await this.#settle();
  }

  /** The last process lives. */
  async end(): Promise<void> {
    await this.live(null);
    await this.#settle();
    this.#bot?.submissions.stop();
    await this.#bot?.submissions.whenIdle();
    this.#connection.close();
  }

  /** Paid calls are steps of their process: it dies before one leaves, or with the answer. */
  #toMortal(life: Lifeline): SubmissionApi {
    const { api } = this.#options;
    const call = <T>(make: () => Promise<T>): Promise<T> => life.pass(() => this.#noteCall(make()));
    const read = <T>(make: () => Promise<T>): Promise<T> =>
      life.isDead ? new Promise<never>(() => undefined) : this.#noteCall(make());
    return {
      submit: (wish) => call(() => api.submit(wish)),
      press: (wish) => call(() => api.press(wish)),
      finishPress: (jobid, wish) => call(() => api.finishPress(jobid, wish)),
      readJob: (...args) => read(() => api.readJob(...args)),
      listRunning: (...args) => read(() => api.listRunning(...args)),
      findByReplyRef: (...args) => read(() => api.findByReplyRef(...args)),
      cancel: (...args) => api.cancel(...args),
      resetChannel: (...args) => api.resetChannel(...args),
      capabilities: (board) => api.capabilities(board),
    };
  }

  #noteCall<T>(made: Promise<T>): Promise<T> {
    this.#calls.add(made);
    const forget = () => this.#calls.delete(made);
    made.then(forget, forget);
    return made;
  }

  /** Lets what waits for its turn take it; what the dead wait for never comes. */
  async #settle(): Promise<void> {
    const { clock, lateMs } = this.#options;
    for (let round = 0; round < 2; round += 1) {
      await clock.advance(20_000);
      await Promise.race([Promise.allSettled(this.#calls), this.#life.died, systemClock.sleep(2 * lateMs)]);
    }
  }
}
