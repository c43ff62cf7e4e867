import type { Db } from 'pg-boss';
import { toErrorMessage } from '../../shared/errors.ts';
import { isPassing, isServerFull } from '../../shared/postgres-errors.ts';
import type { Isolation, PostgresHandle, Querier, Row } from '../../shared/postgres-handle.ts';
import { QueueError, QueueFullError, QueueStoppedError, QueueUnreachableError } from '../queue-errors.ts';

/** The store's connections as the queue uses them: a schema of its own, and errors that say what is wrong. */
export class BossDatabase {
  readonly shared: PostgresHandle;
  /** Holds pg-boss's tables and ours beside them. */
  readonly schema: string;
  #isClosed = false;

  constructor(shared: PostgresHandle) {
    this.shared = shared;
    this.schema = `${shared.schema}_queue`;
  }

  /** What pg-boss sends by itself; fails with what `pg` throws, which pg-boss looks at. */
  get db(): Db {
    return {
      executeSql: async (text, values = []) => {
        const { shared } = this;
        // Pg-boss builds arrays of rows only, and may change them.
        const rows = values.length === 0 ? await shared.runScript(text) : await shared.query(text, values);
        return { rows: [...rows] };
      },
    };
  }

  read(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.orSay(() => this.shared.read(sql, values));
  }

  query(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.orSay(() => this.shared.query(sql, values));
  }

  transact<T>(work: (querier: Querier) => Promise<T>, isolation: Isolation): Promise<T> {
    return this.orSay(() => this.shared.transact(work, isolation));
  }

  /** Runs what talks to the server; every failure becomes a `QueueError`. */
  async orSay<T>(act: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new QueueStoppedError();
    try {
      return await act();
    } catch (thrown) {
      if (thrown instanceof QueueError) throw thrown;
      if (this.#isClosed || !this.shared.isOpen) throw new QueueStoppedError();
      if (isServerFull(thrown)) throw new QueueFullError(thrown);
      if (isPassing(thrown)) throw new QueueUnreachableError(thrown);
      throw new QueueError('queue-failed', `The queue failed: ${toErrorMessage(thrown)}`, { cause: thrown });
    }
  }

  /** Refuses what comes from now on; the connections stay open. */
  close(): void {
    this.#isClosed = true;
  }
}

/** A transaction's querier as pg-boss takes it. */
export function toDb(querier: Querier): Db {
  return {
    executeSql: async (text, values = []) => ({ rows: [...(await querier.query(text, values))] }),
  };
}
