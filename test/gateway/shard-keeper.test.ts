import { REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { LoginTurns } from '../../src/discord/core/login-turns.ts';
import { Reconnection } from '../../src/discord/core/reconnection.ts';
import { createGatewayTables } from '../../src/gateway/gateway-schema.ts';
import { PacketTable } from '../../src/gateway/packet-table.ts';
import { ShardKeeper } from '../../src/gateway/shard-keeper.ts';
import { LEASE_PREFIX, ShardTable } from '../../src/gateway/shard-table.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import { createTables } from '../../src/storage/postgres/postgres-schema.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../postgres.ts';

const [OWNER, OTHER] = [`${LEASE_PREFIX}a`, `${LEASE_PREFIX}b`] as const;
const LOST = new Error('the connection ended');
/** Its pauses pass twenty times as fast. */
const clock: typeof systemClock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };

describe.skipIf(!hasPostgres)('what a process holds (skipped where there is no PostgreSQL)', () => {
  let place: PostgresPlace;
  let database: PostgresHandle;
  let discord: DiscordStandIn;
  let shards: ShardTable;
  let reconnection: Reconnection;
  let keeper: ShardKeeper | undefined;

  beforeEach(async () => {
    place = createPostgresPlace();
    database = new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger });
    await createTables(database);
    await createGatewayTables(database);
    discord = await startDiscordStandIn({ limits: 'off', sessionStarts: 'off' });
    shards = new ShardTable(database);
    reconnection = new Reconnection(clock, silentLogger, new LoginTurns(clock, silentLogger));
    await live(OWNER);
  });
  afterEach(async () => {
    reconnection.stop();
    await keeper?.stop();
    await discord.close();
    await database.close();
    await place.destroy();
  });

  const live = (name: string) =>
    database.query(
      `INSERT INTO ${database.schema}.leases (name, owner, ends_at) VALUES ($1, 'a test', now() + interval '1 hour')`,
      [name],
    );

  function keep(table: Pick<ShardTable, 'take' | 'leave' | 'leaveOthers'>): ShardKeeper {
    const onFatal = (reason: string) => {
      throw new Error(reason);
    };
    const { token } = discord;
    const needs = {
      owner: OWNER,
      token,
      rest: new REST({ version: '10', api: discord.apiUrl }).setToken(token),
      reconnection,
      packets: new PacketTable(database),
      clock,
      logger: silentLogger,
      onInteractions: () => undefined,
      onFatal,
    };
    keeper = new ShardKeeper({ shards: table, needs, onHolding: () => undefined });
    keeper.start();
    return keeper;
  }

  /** The table, of which the answer to the first call is lost. */
  function losing<T>(call: () => Promise<T>): () => Promise<T> {
    let calls = 0;
    return async () => {
      calls += 1;
      const answer = await call();
      if (calls === 1) throw LOST;
      return answer;
    };
  }

  it('is connected where it was not heard that it was taken', async () => {
    await shards.plan(1);

    const { connections } = keep({
      take: losing(() => shards.take(OWNER)),
      leave: (owner, id) => shards.leave(owner, id),
      leaveOthers: (owner, known) => shards.leaveOthers(owner, known),
    });

    expect(connections).toEqual({ shards: 0, connected: 0 });
    await expect.poll(() => keeper?.connections).toEqual({ shards: 1, connected: 1 });
  });

  it('is free for another process where it could not be said that it was left', async () => {
    await shards.plan(2);
    let refusals = 1;
    keep({
      take: (owner) => shards.take(owner),
      leave: async (owner, id) => {
        refusals -= 1;
        if (refusals >= 0) throw LOST;
        await shards.leave(owner, id);
      },
      leaveOthers: (owner, known) => shards.leaveOthers(owner, known),
    });
    await expect.poll(() => keeper?.connections.connected).toBe(2);

    await live(OTHER);

    await expect.poll(async () => (await shards.take(OTHER)).held).toBe(1);
    expect(keeper?.connections.shards).toBe(1);
  });

  it('has one connection where all begin anew with as many as before', async () => {
    await shards.plan(1);
    keep(shards);
    await expect.poll(() => keeper?.connections.connected).toBe(1);

    await database.runScript(
      `BEGIN; DELETE FROM ${database.schema}.gateway_shards;
       INSERT INTO ${database.schema}.gateway_shards (shard) VALUES (0); COMMIT`,
    );
    await expect.poll(() => discord.logins()).toBe(2);

    await expect.poll(() => discord.connectedSessions()).toBe(1);
    await expect.poll(() => keeper?.connections.connected).toBe(1);
  });
});
