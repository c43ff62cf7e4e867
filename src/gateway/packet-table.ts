import { z } from 'zod';
import type { PostgresHandle } from '../shared/postgres-handle.ts';
import { Packet } from './packet.ts';
import type { PacketBatch } from './packet-batch.ts';
import type { Session } from './shard-table.ts';

/** How a shard is after a batch. */
export interface ShardState {
  readonly id: number;
  /** Who must hold it. */
  readonly owner: string;
  /** How many batches were written before this one. */
  readonly batches: number;
  readonly isUp: boolean;
  readonly session: Session | null;
}

/** A packet as it is handed on; ids of a shard rise in the order in which Discord sent it. */
export interface HandedOn {
  readonly id: string;
  readonly shard: number;
  readonly packet: Packet;
  /** Whether it stands for readers that begin later; those come in pages, the others all at once. */
  readonly isKept: boolean;
}

const ShardRow = z.object({ shard: z.number() });
const PacketRow = z.object({ id: z.string(), shard: z.number(), packet: z.string(), is_kept: z.boolean() });
const GuildRow = z.object({ id: z.string(), is_there: z.boolean() });
const InteractionRow = z.object({ interaction_id: z.string() });

/** What the gateway sent: the statements on `gateway_packets`. */
export class PacketTable {
  readonly #database: PostgresHandle;
  readonly #shards: string;
  readonly #packets: string;
  readonly #leases: string;
  readonly #channel: string;

  constructor(database: PostgresHandle) {
    const { schema } = database;
    this.#database = database;
    this.#shards = `${schema}.gateway_shards`;
    this.#packets = `${schema}.gateway_packets`;
    this.#leases = `${schema}.leases`;
    this.#channel = `${schema}_gateway`;
  }

  /**
   * Writes a batch and how the shard is after it, all or nothing, and tells the process that works. Returns whether the
   * shard is held still; one that was written before is not written again. What is handed on once is left out while no
   * process works that takes it, but for interactions, which are answered in any case.
   */
  async write(state: ShardState, batch: PacketBatch): Promise<boolean> {
    const sql = `WITH held AS (UPDATE ${this.#shards} SET batches = batches + 1, is_up = $4, session = $5
        WHERE shard = $1 AND owner = $2 AND batches = $3
          AND EXISTS (SELECT FROM ${this.#leases} WHERE name = $2 AND ends_at > now()) RETURNING shard),
      cleared AS (DELETE FROM ${this.#packets} AS old USING held WHERE old.shard = held.shard
        AND old.key IS NOT NULL AND ($6 OR old.guild_id = ANY($7::text[]) OR old.key = ANY($8::text[]))),
      written AS (INSERT INTO ${this.#packets} (shard, key, guild_id, interaction_id, packet)
        SELECT held.shard, new.key, new.guild_id, new.interaction_id, new.packet
        FROM held, unnest($9::text[], $10::text[], $11::text[], $12::text[])
          WITH ORDINALITY AS new (key, guild_id, interaction_id, packet, place)
        WHERE new.key IS NOT NULL OR new.interaction_id IS NOT NULL
          OR EXISTS (SELECT FROM ${this.#leases} WHERE name = 'bot' AND ends_at > now()) ORDER BY new.place)
      SELECT pg_notify($13, '') FROM held`;
    const { rows } = batch;
    const found = await this.#database.query(sql, [
      state.id,
      state.owner,
      state.batches,
      state.isUp,
      state.session === null ? null : JSON.stringify(state.session),
      batch.clearsShard,
      batch.clearsGuilds,
      batch.clearsKeys,
      rows.map(({ key }) => key),
      rows.map(({ guildId }) => guildId),
      rows.map(({ interactionId }) => interactionId),
      rows.map(({ packet }) => packet),
      this.#channel,
    ]);
    return found.length > 0 || this.#isWritten(state);
  }

  /**
   * Returns what came after these ids, so many packets about, in the order of each shard. What is handed on once is
   * nobody else's from then on.
   * @param takesOnce Whether that is wanted; without it, it is left where it is.
   */
  async take(seen: ReadonlyMap<number, string>, count: number, takesOnce: boolean): Promise<readonly HandedOn[]> {
    // Each shard by itself: as a join, the database would look at all that was ever seen, with each packet that comes.
    const sql = `WITH once AS (DELETE FROM ${this.#packets} WHERE key IS NULL AND $4
        RETURNING id, shard, packet, false AS is_kept),
      kept AS (SELECT new.id, new.shard, new.packet, true AS is_kept
        FROM unnest($1::int[], $2::bigint[]) AS seen (shard, id)
        CROSS JOIN LATERAL (SELECT * FROM ${this.#packets} AS each WHERE each.shard = seen.shard AND each.id > seen.id
          AND each.key IS NOT NULL ORDER BY each.id LIMIT $3) AS new ORDER BY new.id LIMIT $3)
      SELECT * FROM (SELECT * FROM once UNION ALL SELECT * FROM kept) AS packets ORDER BY packets.id`;
    const rows = await this.#database.query(sql, [[...seen.keys()], [...seen.values()], count, takesOnce]);
    return rows.map((row) => {
      const { packet, is_kept: isKept, ...place } = PacketRow.parse(row);
      return { ...place, isKept, packet: Packet.parse(JSON.parse(packet)) };
    });
  }

  /** Takes those of these interactions that were not taken yet; returns their ids. */
  async takeUnanswered(interactionIds: readonly string[]): Promise<readonly string[]> {
    const sql = `DELETE FROM ${this.#packets} WHERE key IS NULL AND interaction_id = ANY($1::text[])
      RETURNING interaction_id`;
    const rows = await this.#database.query(sql, [interactionIds]);
    return rows.map((row) => InteractionRow.parse(row).interaction_id);
  }

  /** The ids of a shard's servers that the gateway has described (`isThere`), or said to be gone. */
  async guildsOf(shard: number): Promise<readonly { readonly id: string; readonly isThere: boolean }[]> {
    const sql = `SELECT guild_id AS id, NOT starts_with(key, 'GUILD_DELETE/') AS is_there FROM ${this.#packets}
      WHERE shard = $1 AND split_part(key, '/', 1) IN ('GUILD_CREATE', 'GUILD_DELETE', 'GUILD_OUTAGE')`;
    const rows = await this.#database.read(sql, [shard]);
    return rows.map((row) => GuildRow.parse(row)).map(({ id, is_there: isThere }) => ({ id, isThere }));
  }

  /** The shards that are connected; one whose process has ended is not. */
  async listUp(): Promise<ReadonlySet<number>> {
    const rows = await this.#database.read(`SELECT shard FROM ${this.#shards} AS held
      JOIN ${this.#leases} AS lease ON lease.name = held.owner WHERE is_up AND ends_at > now()`);
    return new Set(rows.map((row) => ShardRow.parse(row).shard));
  }

  /** Calls `heard` when a batch was written, and `ended` when nothing more is heard; what that calls back ends it. */
  listen(heard: () => void, ended: () => void): Promise<() => void> {
    return this.#database.listen(this.#channel, heard, ended);
  }

  /** The answer to an earlier try may have been lost. */
  async #isWritten({ id, owner, batches }: ShardState): Promise<boolean> {
    const sql = `SELECT FROM ${this.#shards} WHERE shard = $1 AND owner = $2 AND batches = $3`;
    return (await this.#database.read(sql, [id, owner, batches + 1])).length > 0;
  }
}
