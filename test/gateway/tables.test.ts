import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConnectionFacts } from '../../src/gateway/connection-facts.ts';
import { createGatewayTables, endOtherConnections } from '../../src/gateway/gateway-schema.ts';
import type { Packet } from '../../src/gateway/packet.ts';
import { toBatch } from '../../src/gateway/packet-batch.ts';
import { PacketTable, type ShardState } from '../../src/gateway/packet-table.ts';
import { LEASE_PREFIX, ShardTable } from '../../src/gateway/shard-table.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import { createTables } from '../../src/storage/postgres/postgres-schema.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../postgres.ts';
import { channel, guild, interaction, left, outage, ready, toPacket } from './packets.ts';

const [A, B, C] = ['a', 'b', 'c'].map((name) => `${LEASE_PREFIX}${name}`) as [string, string, string];
const SESSION = { resumeURL: 'wss://there', sequence: 7, sessionId: 'a session', shardCount: 3, shardId: 0 };

describe.skipIf(!hasPostgres)('what the gateway sent, in PostgreSQL (skipped where there is no server)', () => {
  let place: PostgresPlace;
  let database: PostgresHandle;
  let shards: ShardTable;
  let packets: PacketTable;

  beforeEach(async () => {
    place = createPostgresPlace();
    database = new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger });
    await createTables(database);
    await createGatewayTables(database);
    shards = new ShardTable(database);
    packets = new PacketTable(database);
  });
  afterEach(async () => {
    await database.close();
    await place.destroy();
  });

  /** Has a process be there, or not any more. */
  async function live(name: string, isLive = true): Promise<void> {
    await database.query(
      `INSERT INTO ${database.schema}.leases (name, owner, ends_at) VALUES ($1, 'a test', now() + $2 * interval '1 hour')
       ON CONFLICT (name) DO UPDATE SET ends_at = excluded.ends_at`,
      [name, isLive ? 1 : -1],
    );
  }

  const takenBy = async (owner: string) => {
    const { taken } = await shards.take(owner);
    return taken.map(({ id }) => id).sort();
  };
  /** How the first shard is before the batch of this number. */
  const state = (batches: number, given: Partial<ShardState> = {}): ShardState => ({
    id: 0,
    owner: A,
    batches,
    isUp: true,
    session: null,
    ...given,
  });
  const write = (batches: number, ...sent: readonly Packet[]) => packets.write(state(batches), toBatch(sent));
  const begin = async (count = 1) => {
    await live(A);
    await shards.plan(count);
    await shards.take(A);
  };
  const take = async (seen: Readonly<Record<number, string>> = { 0: '0', 1: '0' }, takesOnce = true) => {
    const from = new Map(Object.entries(seen).map(([shard, id]) => [Number(shard), id]));
    const found = await packets.take(from, 100, takesOnce);
    return found.map(({ id, packet }) => ({ id, t: packet.t, s: packet.s }));
  };

  describe('a shard', () => {
    it('is held by one process, and by the next one when that has ended', async () => {
      await live(A);
      await live(B);
      await shards.plan(3);

      expect(await takenBy(A)).toEqual([0, 1]);
      expect(await takenBy(B)).toEqual([2]);
      expect(await takenBy(B)).toEqual([]);
      await live(A, false);
      expect(await takenBy(B)).toEqual([0, 1]);
    });

    it('is left to another one with the session that goes on', async () => {
      await begin();
      await packets.write(state(0, { session: SESSION }), toBatch([ready('g1')]));
      await shards.leave(A, 0);
      await live(A, false);
      await live(B);

      expect(await shards.take(B)).toEqual({
        shards: 1,
        fair: 1,
        held: 1,
        taken: [{ id: 0, batches: 1, session: SESSION }],
      });
    });

    it('logs in anew where the session cannot be read', async () => {
      await begin();
      await database.query(`UPDATE ${database.schema}.gateway_shards SET owner = NULL, session = '{"torn'`);

      expect((await shards.take(A)).taken).toMatchObject([{ session: null }]);
    });

    it('is fairly shared while processes come', async () => {
      for (const name of [A, B, C]) await live(name);
      await shards.plan(4);

      expect(await shards.take(A)).toMatchObject({ shards: 4, fair: 2 });
      expect((await takenBy(B)).length + (await takenBy(C)).length).toBe(2);
    });

    it('is taken by one of two that ask at the same time', async () => {
      await live(A);
      await live(B);
      await shards.plan(8);

      const both = await Promise.all([takenBy(A), takenBy(B), takenBy(A), takenBy(B)]);

      expect(both.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    it('begins anew with all others where their number changes, and stays where it does not', async () => {
      await begin();
      await write(0, ready('g1'));
      await shards.plan(1);
      expect(await take()).toHaveLength(1);

      await shards.plan(2);

      expect(await take()).toEqual([]);
      expect(await write(1, guild('g1'))).toBe(false);
      expect((await shards.take(A)).shards).toBe(2);
    });

    it('is held by nobody where a process begins that has connections of its own', async () => {
      await begin(2);
      await write(0, ready('g1'));

      await endOtherConnections(database);

      expect(await shards.take(A)).toEqual({ shards: 0, fair: 0, held: 0, taken: [] });
      expect(await take()).toEqual([]);
    });

    it('is counted while a process is there to hold it', async () => {
      expect(await shards.count()).toBeUndefined();
      await begin(3);
      expect(await shards.count()).toBe(3);
      await live(A, false);
      expect(await shards.count()).toBeUndefined();
    });

    it('is counted for whoever asks how connections are', async () => {
      expect(await readConnectionFacts(database)).toEqual({ shards: 0, connected: 0, processes: 0 });
      await begin(2);
      await live(B);
      await write(0, ready());

      expect(await readConnectionFacts(database)).toEqual({ shards: 2, connected: 1, processes: 2 });
      await live(A, false);
      expect(await readConnectionFacts(database)).toEqual({ shards: 2, connected: 0, processes: 1 });
    });

    it('is connected while its process is there', async () => {
      await begin();
      await write(0, ready());
      expect(await packets.listUp()).toEqual(new Set([0]));
      await live(A, false);
      expect(await packets.listUp()).toEqual(new Set());
    });
  });

  describe('a packet', () => {
    it('is handed on in the order in which it was sent, from where the reader is', async () => {
      await begin();
      await write(0, ready('g1'), guild('g1'));
      const first = await take();
      await write(1, channel('CREATE', 'c1'));

      expect(first.map(({ t }) => t)).toEqual(['READY', 'GUILD_CREATE']);
      expect((await take({ 0: first[1]?.id ?? '' })).map(({ t }) => t)).toEqual(['CHANNEL_CREATE']);
    });

    it('stands for a reader that begins later until another one takes its place', async () => {
      await begin();
      await write(0, ready('g1'), guild('g1'), channel('CREATE', 'c1'));
      await write(1, guild('g1'), channel('CREATE', 'c2'));

      expect((await take()).map(({ t }) => t)).toEqual(['READY', 'GUILD_CREATE', 'CHANNEL_CREATE']);
      await write(2, ready('g2'));
      expect((await take()).map(({ t }) => t)).toEqual(['READY']);
    });

    it('is taken once where it holds for a moment alone', async () => {
      await begin();
      await write(0, ready(), interaction('i1'), interaction('i2'));
      expect((await take(undefined, false)).map(({ t }) => t)).toEqual(['READY']);

      const both = await Promise.all([take(), packets.takeUnanswered(['i1'])]);

      const [found, unanswered] = both;
      expect(found.filter(({ t }) => t === 'INTERACTION_CREATE').length + unanswered.length).toBe(2);
      expect((await take()).map(({ t }) => t)).toEqual(['READY']);
      expect(await packets.takeUnanswered(['i1', 'i2'])).toEqual([]);
    });

    it('is left out where it holds for a moment alone and nobody works, unless somebody waits for an answer', async () => {
      await begin();
      const pins = () => toPacket('CHANNEL_PINS_UPDATE', { guild_id: 'g1', channel_id: 'c1' });
      await write(0, pins(), interaction('i1'));
      expect((await take()).map(({ t }) => t)).toEqual(['INTERACTION_CREATE']);

      await live('bot');
      await write(1, pins());

      expect((await take()).map(({ t }) => t)).toEqual(['CHANNEL_PINS_UPDATE']);
    });

    it('is not written by a process whose lease has ended, nor by one that does not hold the shard', async () => {
      await begin();
      expect(await packets.write(state(0, { owner: B }), toBatch([ready()]))).toBe(false);
      await live(A, false);

      expect(await write(0, ready())).toBe(false);
      expect(await take()).toEqual([]);
    });

    it('is written once where the answer to the first try was lost', async () => {
      await begin();
      const batch = toBatch([interaction('i1')]);

      expect([await packets.write(state(0), batch), await packets.write(state(0), batch)]).toEqual([true, true]);
      expect(await take()).toHaveLength(1);
    });

    it('tells which servers are there, be it in an outage, and which are gone', async () => {
      await begin();
      await write(0, ready('g1', 'g2', 'g3'), guild('g1'), guild('g2'), guild('g3'), left('g2'), outage('g3'));

      expect(new Map((await packets.guildsOf(0)).map(({ id, isThere }) => [id, isThere]))).toEqual(
        new Map([
          ['g1', true],
          ['g2', false],
          ['g3', true],
        ]),
      );
    });

    it('rings the bell of who reads', async () => {
      await begin();
      const rung = Promise.withResolvers<void>();
      const stop = await packets.listen(
        () => rung.resolve(),
        () => undefined,
      );

      await write(0, ready());

      await rung.promise;
      stop();
    });
  });
});
