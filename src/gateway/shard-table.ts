import { z } from 'zod';
import type { PostgresHandle } from '../shared/postgres-handle.ts';

/** Before the name of each process's lease. */
export const LEASE_PREFIX = 'gateway_';

/** The statement that lists the processes that can hold connections now, by the names of their leases. */
export function selectLive(schema: string): string {
  return `SELECT name FROM ${schema}.leases WHERE starts_with(name, '${LEASE_PREFIX}') AND ends_at > now()`;
}

/** What Discord lets another connection go on with, as the library has it. */
export const Session = z.object({
  resumeURL: z.string(),
  sequence: z.number(),
  sessionId: z.string(),
  shardCount: z.number(),
  shardId: z.number(),
});
export type Session = z.infer<typeof Session>;

/** A shard that a process has taken. */
export interface TakenShard {
  readonly id: number;
  /** How many batches were written for it. */
  readonly batches: number;
  readonly session: Session | null;
}

/** How the shards are shared out. */
export interface Shares {
  /** How many shards there are; 0 until the process that works has said it. */
  readonly shards: number;
  /** How many a process may hold, so that all have about the same number. */
  readonly fair: number;
  /** How many this process holds by the table, which is more than it knows of where an answer was lost. */
  readonly held: number;
  /** What this process has taken just now. */
  readonly taken: readonly TakenShard[];
}

const SharesRow = z.object({
  shards: z.number(),
  fair: z.number(),
  held: z.number(),
  taken: z.array(z.object({ shard: z.number(), batches: z.number(), session: z.string().nullable() })).nullable(),
});

/** Which process holds which shard: the statements on `gateway_shards`. Whose lease has ended holds nothing. */
export class ShardTable {
  readonly #database: PostgresHandle;
  readonly #shards: string;
  readonly #packets: string;
  readonly #leases: string;
  readonly #live: string;

  constructor(database: PostgresHandle) {
    const { schema } = database;
    this.#database = database;
    this.#shards = `${schema}.gateway_shards`;
    this.#packets = `${schema}.gateway_packets`;
    this.#leases = `${schema}.leases`;
    this.#live = selectLive(schema);
  }

  /** How many shards there are, while some process is there to hold them; undefined where none is. */
  async count(): Promise<number | undefined> {
    const [row] = await this.#database.read(`SELECT count(*)::int AS shards FROM ${this.#shards}
      WHERE EXISTS (SELECT FROM (${this.#live}) AS live)`);
    return z.object({ shards: z.number() }).parse(row).shards || undefined;
  }

  /** Says how many shards there are; with another number all begin anew. */
  async plan(count: number): Promise<void> {
    await this.#database.transact(async ({ query }) => {
      const [row] = await query(`SELECT count(*)::int AS shards FROM ${this.#shards}`);
      if (row?.['shards'] === count) return;
      await query(`DELETE FROM ${this.#shards}`);
      await query(`DELETE FROM ${this.#packets}`);
      await query(`INSERT INTO ${this.#shards} (shard) SELECT generate_series(0, $1::int - 1)`, [count]);
    });
  }

  /** Takes shards that nobody holds, up to the fair share. */
  async take(owner: string): Promise<Shares> {
    const sql = `WITH live AS (${this.#live}),
      facts AS (SELECT count(*)::int AS shards, count(*) FILTER (WHERE owner = $1)::int AS held,
        ceil(count(*)::float8 / greatest(1, (SELECT count(*) FROM live)))::int AS fair FROM ${this.#shards}),
      free AS (SELECT shard FROM ${this.#shards} WHERE owner IS NULL OR owner NOT IN (SELECT name FROM live)
        ORDER BY shard LIMIT (SELECT greatest(0, fair - held) FROM facts) FOR UPDATE SKIP LOCKED),
      taken AS (UPDATE ${this.#shards} AS held SET owner = $1, is_up = false FROM free
        WHERE held.shard = free.shard RETURNING held.shard, held.batches, held.session)
      SELECT shards, fair, held + (SELECT count(*)::int FROM taken) AS held, (SELECT json_agg(taken) FROM taken) AS taken FROM facts`;
    const [row] = await this.#database.query(sql, [owner]);
    const { taken, ...shares } = SharesRow.parse(row);
    return {
      ...shares,
      taken: (taken ?? []).map(({ shard: id, ...rest }) => ({ ...rest, id, session: toSession(rest) })),
    };
  }

  /** Leaves a shard to others. */
  async leave(owner: string, shard: number): Promise<void> {
    const sql = `UPDATE ${this.#shards} SET owner = NULL, is_up = false WHERE shard = $2 AND owner = $1`;
    await this.#database.query(sql, [owner, shard]);
  }

  /** Leaves all others than these, of which the process knows nothing. */
  async leaveOthers(owner: string, known: readonly number[]): Promise<void> {
    const sql = `UPDATE ${this.#shards} SET owner = NULL, is_up = false WHERE owner = $1 AND shard <> ALL($2::int[])`;
    await this.#database.query(sql, [owner, known]);
  }

  /** Removes the leases of processes that ended long ago. */
  async forgetEnded(): Promise<void> {
    await this.#database.query(
      `DELETE FROM ${this.#leases} WHERE starts_with(name, $1) AND ends_at < now() - interval '1 hour'`,
      [LEASE_PREFIX],
    );
  }
}

/** One that cannot be read is none: the shard logs in anew. */
function toSession({ session }: { readonly session: string | null }): Session | null {
  try {
    return Session.parse(JSON.parse(session ?? 'null'));
  } catch {
    return null;
  }
}
