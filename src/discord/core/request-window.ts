import { type Clock, systemClock } from '../../shared/clock.ts';

export interface RequestWindowOptions {
  /** Requests that may begin in one window; default 50. */
  readonly limit?: number;
  readonly clock?: Clock;
}

/** One second of Discord's, which begins somewhere between our first request and our first answer. */
interface Window {
  used: number;
  /** Resolves when the window is over at Discord too. */
  readonly over: Promise<void>;
  /** An answer is there, so Discord's second has begun. */
  noteAnswer(): void;
}

const LIMIT = 50;
/** A second, and a little for timers that fire early. */
const WINDOW_MS = 1_005;
/** Milliseconds after which a window is taken to have begun at Discord although nothing was answered. */
const UNANSWERED_MS = 1_000;

/**
 * Keeps a bot's requests within 50 a second as Discord counts them. discord.js counts from when it sends, Discord from when a
 * request arrives, so that a burst sent at the first moment of a new second can arrive in the old one; it is refused then, and
 * everything waits for a second and more. Here a new second begins a second after the first answer of the old one, and what is
 * still under way counts in it.
 */
export class RequestWindow {
  readonly #limit: number;
  readonly #clock: Clock;
  #window: Window | undefined;
  #underWay = 0;

  constructor({ limit = LIMIT, clock = systemClock }: RequestWindowOptions = {}) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Sends as soon as Discord has room; `send` resolves with the answer's head. */
  async run<T>(send: () => Promise<T>): Promise<T> {
    const window = await this.#enter();
    try {
      return await send();
    } finally {
      this.#underWay -= 1;
      window.noteAnswer();
    }
  }

  async #enter(): Promise<Window> {
    for (;;) {
      this.#window ??= this.#open();
      const window = this.#window;
      if (window.used < this.#limit) {
        window.used += 1;
        this.#underWay += 1;
        return window;
      }
      await window.over;
    }
  }

  #open(): Window {
    const answered = new AbortController();
    const over = this.#clock
      .sleep(UNANSWERED_MS, answered.signal)
      .catch(() => undefined)
      .then(() => this.#clock.sleep(WINDOW_MS))
      .then(() => {
        this.#window = undefined;
      });
    return { used: Math.min(this.#underWay, this.#limit - 1), over, noteAnswer: () => answered.abort() };
  }
}
