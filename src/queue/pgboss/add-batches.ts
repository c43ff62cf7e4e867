import type { AddResult } from '../contract.ts';
import type { PlannedEntry } from '../planned-entry.ts';
import { QueueUnreachableError } from '../queue-errors.ts';

const MAX_ADDS = 200;

/** What is added to one queue by one call. */
export interface Addition {
  readonly queue: string;
  readonly entries: readonly PlannedEntry[];
}

interface WaitingAddition extends Addition {
  resolve(results: readonly AddResult[]): void;
  reject(thrown: unknown): void;
}

/** Adds all or none, in this order; the results of each. */
type InsertAll = (additions: readonly Addition[]) => Promise<readonly (readonly AddResult[])[]>;

/**
 * Adds in the order in which it was asked to, though there are several connections: what is asked for while one
 * transaction runs is the next.
 */
export class AddBatches {
  readonly #insertAll: InsertAll;
  #waiting: WaitingAddition[] = [];
  #isGoing = false;

  constructor(insertAll: InsertAll) {
    this.#insertAll = insertAll;
  }

  add(addition: Addition): Promise<readonly AddResult[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...addition, resolve, reject });
      if (!this.#isGoing) void this.#addUntilNoneWaits();
    });
  }

  async #addUntilNoneWaits(): Promise<void> {
    this.#isGoing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_ADDS);
      await this.#addBatch(batch);
    }
    this.#isGoing = false;
  }

  /** One that cannot be stored fails alone; an outage fails all at once. */
  async #addBatch(batch: readonly WaitingAddition[]): Promise<void> {
    try {
      const results = await this.#insertAll(batch);
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] ?? []);
    } catch (thrown) {
      if (batch.length > 1 && !(thrown instanceof QueueUnreachableError)) {
        for (const addition of batch) await this.#addBatch([addition]);
        return;
      }
      for (const { reject } of batch) reject(thrown);
    }
  }
}
