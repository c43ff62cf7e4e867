import type { Clock } from '../../shared/clock.ts';
import type { LeaseTable } from './lease-table.ts';

/** Wakes a process that waits when a lease was given back; where nothing can be heard, waiting goes by the clock. */
export class LeaseBell {
  readonly #table: Pick<LeaseTable, 'listen'>;
  readonly #clock: Clock;
  #stopListening: Promise<() => void> | undefined;
  #rung = new AbortController();

  constructor(table: Pick<LeaseTable, 'listen'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** Resolves after so many milliseconds, or when it rings. Rejects with the signal's reason when that is aborted. */
  async wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
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
    void this.#stopListening?.then((stop) => stop()).catch(() => undefined);
    this.#stopListening = undefined;
  }

  #listen(): void {
    if (this.#stopListening !== undefined) return;
    const listening = this.#table.listen(() => this.#rung.abort());
    this.#stopListening = listening;
    listening.catch(() => {
      if (this.#stopListening === listening) this.#stopListening = undefined;
    });
  }
}
