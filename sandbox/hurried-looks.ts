/** The bot's own interval between two looks at the API, where nothing else is set. */
const USUAL_MS = 15_000;

/**
 * Lets the bot look at the API as much more often as the jobs there are faster than real ones: else they would begin
 * and end between two of its looks, and nobody would be notified of them.
 */
export class HurriedLooks {
  readonly #look: () => Promise<void>;
  #speed = 1;
  #timer: NodeJS.Timeout | undefined;

  /** @param look never rejects. */
  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  /** @param speed of the jobs; up to 1 the bot's own looks are enough. */
  keepUpWith(speed: number): void {
    if (speed === this.#speed) return;
    this.stop();
    this.#speed = speed;
    this.#enqueue();
  }

  stop(): void {
    this.#speed = 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #enqueue(): void {
    if (this.#speed <= 1) return;
    const timer = setTimeout(async () => {
      await this.#look();
      if (this.#timer === timer) this.#enqueue();
    }, USUAL_MS / this.#speed);
    this.#timer = timer;
  }
}
