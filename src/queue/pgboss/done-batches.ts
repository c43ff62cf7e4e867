import type { JobAttempt } from 'pg-boss';

interface WaitingEnd {
  readonly attempt: JobAttempt;
  resolve(isSettled: boolean): void;
  reject(thrown: unknown): void;
}

/** Ends jobs of one queue of pg-boss; resolves with the ids of those whose claim still held. */
type EndAll = (name: string, attempts: readonly JobAttempt[]) => Promise<readonly string[]>;

/** Ends jobs that are done: what is done while one statement runs is ended together by the next. */
export class DoneBatches {
  readonly #endAll: EndAll;
  readonly #waiting = new Map<string, WaitingEnd[]>();

  constructor(endAll: EndAll) {
    this.#endAll = endAll;
  }

  /** Resolves with whether the claim still held. */
  end(name: string, attempt: JobAttempt): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const going = this.#waiting.get(name);
      const end = { attempt, resolve, reject };
      if (going !== undefined) going.push(end);
      else void this.#endUntilNoneWaits(name, [end]);
    });
  }

  async #endUntilNoneWaits(name: string, first: readonly WaitingEnd[]): Promise<void> {
    for (let batch = first; batch.length > 0; batch = this.#waiting.get(name) ?? []) {
      this.#waiting.set(name, []);
      await this.#endBatch(name, batch);
    }
    this.#waiting.delete(name);
  }

  async #endBatch(name: string, batch: readonly WaitingEnd[]): Promise<void> {
    try {
      const attempts = batch.map(({ attempt }) => attempt);
      const ended = new Set(await this.#endAll(name, attempts));
      for (const { attempt, resolve } of batch) resolve(ended.has(attempt.id));
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown);
    }
  }
}
