import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import { isLocked } from './sqlite-errors.ts';

export interface GroupCommitOptions {
  readonly clock: Clock;
  /** Milliseconds to wait for another process's lock, without blocking. */
  readonly lockWaitMs: number;
}

interface Write {
  readonly key: string | undefined;
  /** By the monotonic clock. */
  readonly giveUpAt: number;
  /** Runs the work; what it returns hands over the result, and is called when that is on disk. */
  run(): () => void;
  reject(thrown: unknown): void;
}

const LOCKED_RETRY_MS = 50;

/**
 * Reads and writes on one SQLite connection. All writes that are asked for in one turn of the event loop are one
 * transaction, because waiting for the disk is what takes time; one that fails undoes nothing of the others.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #lockWaitMs: number;
  #waiting: Write[] = [];
  #attempt: Promise<void> = Promise.resolve();
  #isGoing = false;
  #isLockedOut = false;

  constructor(database: DatabaseSync, { clock, lockWaitMs }: GroupCommitOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#lockWaitMs = lockWaitMs;
  }

  /**
   * Runs `work`, which must be synchronous and repeatable, and resolves when what it wrote is on disk. Writes
   * take effect in the order in which they were asked for. Rejects with what `work` or SQLite threw: nothing of
   * it is stored then.
   * @param key Names what is written, for reads of the same.
   */
  write<T>(work: () => T, key?: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = () => {
        const result = work();
        return () => resolve(result);
      };
      this.#waiting.push({ key, giveUpAt: this.#clock.monotonicMs() + this.#lockWaitMs, run, reject });
      if (!this.#isGoing) void this.#commitUntilNoneWaits();
    });
  }

  /**
   * Runs `work`, after the writes of `keys` that were asked for before it, but for those that another
   * process's lock holds up.
   */
  async read<T>(work: () => T, keys: readonly unknown[] = []): Promise<T> {
    const isWritten = this.#waiting.some(({ key }) => key !== undefined && keys.includes(key));
    if (isWritten && !this.#isLockedOut) await this.#attempt;
    const giveUpAt = this.#clock.monotonicMs() + this.#lockWaitMs;
    for (;;) {
      try {
        return work();
      } catch (thrown) {
        if (!isLocked(thrown) || this.#clock.monotonicMs() >= giveUpAt) throw thrown;
      }
      await this.#clock.sleep(LOCKED_RETRY_MS);
    }
  }

  /** Commits what waits, or rejects what cannot be committed now; then closes the connection. */
  close(): void {
    this.#commitWaiting(Number.POSITIVE_INFINITY);
    if (this.#database.isOpen) this.#database.close();
  }

  async #commitUntilNoneWaits(): Promise<void> {
    this.#isGoing = true;
    while (this.#waiting.length > 0) {
      this.#attempt = this.#isLockedOut ? this.#clock.sleep(LOCKED_RETRY_MS) : nextTurn();
      await this.#attempt;
      this.#isLockedOut = !this.#commitWaiting(this.#clock.monotonicMs());
    }
    this.#isGoing = false;
  }

  /**
   * Commits all together, or each by itself where that fails; `false` when locked out, which rejects those that
   * gave up by `now`.
   */
  #commitWaiting(now: number): boolean {
    let size = this.#waiting.length;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.slice(0, size);
      try {
        const handOvers = this.#commit(group);
        this.#waiting.splice(0, group.length);
        for (const handOver of handOvers) handOver();
      } catch (thrown) {
        if (isLocked(thrown)) return this.#giveUp(now, thrown);
        if (group.length === 1) this.#waiting.shift()?.reject(thrown);
        size = 1;
      }
    }
    return true;
  }

  #giveUp(now: number, thrown: unknown): false {
    const late = this.#waiting.filter(({ giveUpAt }) => giveUpAt <= now);
    this.#waiting = this.#waiting.filter(({ giveUpAt }) => giveUpAt > now);
    for (const { reject } of late) reject(thrown);
    return false;
  }

  #commit(group: readonly Write[]): (() => void)[] {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const handOvers = group.map(({ run }) => run());
      this.#database.exec('COMMIT');
      return handOvers;
    } catch (thrown) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw thrown;
    }
  }
}
