import { type Clock, systemClock } from '../../shared/clock.ts';
import { TurnLines } from '../../shared/turn-lines.ts';

export interface RequestWindowOptions {
  /** Requests that may begin in one window; default 50. */
  readonly limit?: number;
  /** Those of them that one server may begin while others send too; default 45. */
  readonly perGuild?: number;
  readonly clock?: Clock;
}

/** One second of Discord's, which begins somewhere between our first request and our first answer. */
interface Window {
  used: number;
  readonly usedBy: Map<string, number>;
  /** How many one server may begin. */
  readonly perGuild: number;
  /** An answer is there, so Discord's second has begun. */
  noteAnswer(): void;
}

const LIMIT = 50;
/** What is left is for others: their posts need not wait for the next second. */
const PER_GUILD = 45;
/** Milliseconds after which a server that sent nothing is no longer one of the others. */
const SENDS_MS = 60_000;
/** What is of no server has a line too, and no limit of its own. */
const NO_GUILD = '';

/** One that waits for its second. */
interface Waiting {
  readonly guildId: string;
  readonly enter: (window: Window) => void;
}

/** A second, and a little for timers that fire early. */
const WINDOW_MS = 1_005;
/** Milliseconds after which a window is taken to have begun at Discord although nothing was answered. */
const UNANSWERED_MS = 1_000;

/**
 * Keeps a bot's requests within 50 a second as Discord counts them. discord.js counts from when it sends, Discord from
 * when a request arrives, so that a burst sent at the first moment of a new second can arrive in the old one; it is
 * refused then, and everything waits for a second and more. Here a new second begins a second after the first answer of
 * the old one, and what is still under way counts in it. Where more is to be sent than fits, servers take turns.
 */
export class RequestWindow {
  readonly #limit: number;
  readonly #perGuild: number;
  readonly #clock: Clock;
  readonly #waiting = new TurnLines<Waiting>();
  /** When each server sent last. */
  readonly #sentAt = new Map<string, number>();
  #window: Window | undefined;
  #underWay = 0;

  constructor({ limit = LIMIT, perGuild = PER_GUILD, clock = systemClock }: RequestWindowOptions = {}) {
    this.#limit = limit;
    this.#perGuild = perGuild;
    this.#clock = clock;
  }

  /**
   * Sends as soon as Discord has room; `send` resolves with the answer's head.
   * @param guildId The server that it is for, where it is for one.
   */
  async run<T>(send: () => Promise<T>, guildId = NO_GUILD): Promise<T> {
    const window = await this.#enter(guildId);
    try {
      return await send();
    } finally {
      this.#underWay -= 1;
      window.noteAnswer();
    }
  }

  #enter(guildId: string): Promise<Window> {
    const { promise, resolve: enter } = Promise.withResolvers<Window>();
    this.#waiting.add(guildId, { guildId, enter });
    this.#letIn();
    return promise;
  }

  #letIn(): void {
    for (;;) {
      const window = this.#window;
      if (window !== undefined && window.used >= this.#limit) return;
      const next = this.#waiting.find((guildId) => mayBegin(window, guildId));
      if (next === undefined) return;
      this.#waiting.take(next.guildId);
      this.#send(next);
    }
  }

  #send({ guildId, enter }: Waiting): void {
    this.#window ??= this.#open();
    const window = this.#window;
    window.used += 1;
    window.usedBy.set(guildId, (window.usedBy.get(guildId) ?? 0) + 1);
    if (guildId !== NO_GUILD) this.#sentAt.set(guildId, this.#clock.monotonicMs());
    this.#underWay += 1;
    enter(window);
  }

  #open(): Window {
    const answered = new AbortController();
    void this.#clock
      .sleep(UNANSWERED_MS, answered.signal)
      .catch(() => undefined)
      .then(() => this.#clock.sleep(WINDOW_MS))
      .then(() => {
        this.#window = undefined;
        this.#letIn();
      });
    const used = Math.min(this.#underWay, this.#limit - 1);
    return { used, usedBy: new Map(), perGuild: this.#toMost(), noteAnswer: () => answered.abort() };
  }

  /** One that sends alone has all of it. */
  #toMost(): number {
    const since = this.#clock.monotonicMs() - SENDS_MS;
    for (const [guildId, at] of this.#sentAt) if (at < since) this.#sentAt.delete(guildId);
    return this.#sentAt.size > 1 ? this.#perGuild : this.#limit;
  }
}

function mayBegin(window: Window | undefined, guildId: string): boolean {
  return window === undefined || guildId === NO_GUILD || (window.usedBy.get(guildId) ?? 0) < window.perGuild;
}
