import type { Clock } from '../../shared/clock.ts';

/** How a notification of the server is heard: see `PostgresHandle.listen`. */
type Listen = (heard: () => void, ended: () => void) => Promise<() => void>;

/** Wakes who waits when the server notifies; where nothing can be heard, waiting goes by the clock. */
export class Bell {
  readonly #startListening: Listen;
  readonly #clock: Clock;
  #listening: Promise<() => void> | undefined;
  #rung = new AbortController();

  constructor(listen: Listen, clock: Clock) {
    this.#startListening = listen;
    this.#clock = clock;
  }

  /**
   * Resolves after so many milliseconds, or when it rings or has rung since the last wait. Rejects with the signal's
   * reason when that is aborted.
   */
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    this.#listen();
    const { signal: rung } = this.#rung;
    const either = signal === undefined ? rung : AbortSignal.any([rung, signal]);
    await this.#clock.sleep(ms, either).catch((thrown: unknown) => {
      if (!rung.aborted || signal?.aborted) throw thrown;
    });
    this.#rung = rung.aborted ? new AbortController() : this.#rung;
  }

  /** Ends the connection on which it listens, which may have fallen silent; `wait` makes another one. */
  reset(): void {
    void this.#listening?.then((stop) => stop()).catch(() => undefined);
    this.#listening = undefined;
  }

  #listen(): void {
    if (this.#listening !== undefined) return;
    const forget = () => {
      if (this.#listening === listening) this.#listening = undefined;
    };
    const listening = this.#startListening(() => this.#rung.abort(), forget);
    this.#listening = listening;
    listening.catch(forget);
  }
}
