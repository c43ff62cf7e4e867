import type { BotState } from './page/server/page-controls.ts';

/** Something that runs until it is asked to stop. */
export interface Running {
  stop(): Promise<void>;
  /** Looks at the API at once instead of at its next tick. */
  poll?(): Promise<void>;
}

/** The bot as the sandbox holds it: started, stopped, and started anew on the same store while the stand-ins stay. */
export interface BotControl extends Running {
  state(): BotState;
  restart(): Promise<void>;
}

/** Runs a bot; never two at a time. */
export class BotRunner implements BotControl {
  readonly #start: () => Promise<Running>;
  readonly #onChange: () => void;
  #state: BotState = 'stopped';
  #bot: Running | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(start: () => Promise<Running>, onChange: () => void) {
    this.#start = start;
    this.#onChange = onChange;
  }

  state(): BotState {
    return this.#state;
  }

  start(): Promise<void> {
    return this.#next(() => this.#bringUp());
  }

  restart(): Promise<void> {
    return this.#next(async () => {
      await this.#takeDown();
      await this.#bringUp();
    });
  }

  stop(): Promise<void> {
    return this.#next(() => this.#takeDown());
  }

  /** @throws whatever the bot's look at the API throws; where no bot runs nothing is done. */
  async poll(): Promise<void> {
    await this.#bot?.poll?.();
  }

  /** One after the other; a failure goes to whoever asked, and does not stop the next. */
  #next(step: () => Promise<void>): Promise<void> {
    const done = this.#work.then(step);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #bringUp(): Promise<void> {
    this.#enter('starting');
    try {
      this.#bot = await this.#start();
      this.#enter('running');
    } catch (thrown) {
      this.#enter('failed');
      throw thrown;
    }
  }

  async #takeDown(): Promise<void> {
    const bot = this.#bot;
    if (bot === undefined) return;
    this.#bot = undefined;
    this.#enter('stopping');
    await bot.stop().finally(() => this.#enter('stopped'));
  }

  #enter(state: BotState): void {
    this.#state = state;
    this.#onChange();
  }
}
