import { z } from 'zod';
import type { PostgresHandle } from '../../shared/postgres-handle.ts';

/** A lease as its table has it. */
export interface LeaseClaim {
  /** What is held: one process at a time has the lease of a name, which is a plain one. */
  readonly name: string;
  /** Names the process, for people. */
  readonly owner: string;
  /** Milliseconds for which it lasts. */
  readonly leaseMs: number;
}

/** Whether it was free; if not, in how many milliseconds it ends, unless it is renewed. */
export type Asked = { readonly epoch: string } | { readonly endsInMs: number };

const Row = z.union([z.object({ epoch: z.string() }), z.object({ ends_in: z.number() })]);

/** The statements on one row of the table `leases`; times go by the server's clock. */
export class LeaseTable {
  readonly #database: PostgresHandle;
  readonly #claim: LeaseClaim;
  readonly #table: string;
  /** The channel of LISTEN and NOTIFY that announces that the lease was given back. */
  readonly #channel: string;

  constructor(database: PostgresHandle, claim: LeaseClaim) {
    this.#database = database;
    this.#claim = claim;
    this.#table = `${database.schema}.leases`;
    this.#channel = `${database.schema}_lease_${claim.name}`;
  }

  /** What is taken and never heard of is free again when it has ended. */
  async take(): Promise<Asked> {
    const { name, owner, leaseMs } = this.#claim;
    const sql = `WITH taken AS (
      INSERT INTO ${this.#table} AS held (name, owner, ends_at) VALUES ($1, $2, now() + $3 * interval '1 ms')
      ON CONFLICT (name) DO UPDATE SET owner = $2, ends_at = now() + $3 * interval '1 ms', epoch = held.epoch + 1
      WHERE held.ends_at <= now() RETURNING epoch)
      SELECT (SELECT epoch FROM taken)::text AS epoch, (SELECT extract(epoch FROM ends_at - now()) * 1000
        FROM ${this.#table} WHERE name = $1)::float8 AS ends_in`;
    const [{ epoch, ends_in: endsIn } = {}] = await this.#database.query(sql, [name, owner, leaseMs]);
    const row = Row.parse(epoch === null ? { ends_in: endsIn ?? 0 } : { epoch });
    return 'epoch' in row ? row : { endsInMs: row.ends_in };
  }

  /** Whether it is still held. */
  async renew(epoch: string): Promise<boolean> {
    const { name, leaseMs } = this.#claim;
    const sql = `UPDATE ${this.#table} SET ends_at = now() + $3 * interval '1 ms'
      WHERE name = $1 AND epoch = $2 RETURNING epoch`;
    return (await this.#database.query(sql, [name, epoch, leaseMs])).length > 0;
  }

  /** Frees it, and tells those who listen. */
  async giveBack(epoch: string): Promise<void> {
    const sql = `WITH freed AS (UPDATE ${this.#table} SET ends_at = now() WHERE name = $1 AND epoch = $2 RETURNING name)
      SELECT pg_notify($3, '') FROM freed`;
    await this.#database.query(sql, [this.#claim.name, epoch, this.#channel]);
  }

  /** Calls `heard` when it was given back, and `ended` when nothing more is heard; what that calls back ends it. */
  listen(heard: () => void, ended: () => void): Promise<() => void> {
    return this.#database.listen(this.#channel, heard, ended);
  }
}
