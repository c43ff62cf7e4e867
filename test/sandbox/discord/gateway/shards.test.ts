import { once } from 'node:events';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../../../sandbox/discord/discord-stand-in.ts';
import { toLargePlan, toLargeServer } from '../../../../sandbox/discord/world/large-plan.ts';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';

interface Payload {
  readonly op: number;
  readonly t: string | null;
  readonly d: Readonly<Record<string, unknown>>;
}

/** One after the other, so that they alternate between two shards. */
const [one, other] = [toLargeServer(0), toLargeServer(1)];

function toShard(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(count));
}

describe('shards of the gateway', () => {
  let discord: DiscordStandIn;
  const clients: Client[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.destroy();
    await discord.close();
  });

  async function start(options: DiscordStandInOptions = {}): Promise<void> {
    discord = await startDiscordStandIn({ limits: 'off', world: toLargePlan(2), ...options });
  }

  /** Logs a shard in by hand; what comes first, or the code by which the connection ends. */
  async function identify(shard: readonly unknown[]): Promise<Payload | number> {
    const socket = new WebSocket(`ws://${discord.cdnHost}/gateway?v=10&encoding=json`);
    await once(socket, 'message');
    socket.send(JSON.stringify({ op: 2, d: { token: discord.token, intents: 1, properties: {}, shard } }));
    const [answer] = await Promise.race([once(socket, 'message'), once(socket, 'close')]);
    return typeof answer === 'number' ? answer : (JSON.parse(String(answer)) as Payload);
  }

  async function login(shardCount?: number): Promise<Client<true>> {
    const shards = shardCount === undefined ? ({ shards: 'auto' } as const) : { shardCount };
    const rest = { api: discord.apiUrl, retries: 0 };
    const client = new Client({ intents: [GatewayIntentBits.Guilds], rest, ...shards });
    clients.push(client);
    const ready = once(client, Events.ClientReady);
    await client.login(discord.token);
    await ready;
    return client as Client<true>;
  }

  async function aboutGateway(): Promise<unknown> {
    const reply = await fetch(`${discord.apiUrl}/v10/gateway/bot`, {
      headers: { authorization: `Bot ${discord.token}` },
    });
    return reply.json();
  }

  it('take one log-in in five seconds for each bucket of max_concurrency', async () => {
    await start({ sessionStarts: { maxConcurrency: 2 } });

    const logins = [await identify([0, 4]), await identify([1, 4]), await identify([2, 4])];

    expect(logins).toMatchObject([
      { op: 0, t: 'READY' },
      { op: 0, t: 'READY' },
      { op: 9, d: false },
    ]);
    expect(discord.hastyLogins()).toBe(1);
    expect(await aboutGateway()).toMatchObject({ session_start_limit: { max_concurrency: 2, remaining: 998 } });
  });

  it('are named in READY, each with its own servers, which are unavailable at first', async () => {
    await start();

    const [first, second] = [await identify([0, 2]), await identify([1, 2])];

    const guildIds = [ids.guild, ids.otherGuild, one.guildId, other.guildId];
    const ofShard = (shardId: number) =>
      guildIds.filter((id) => toShard(id, 2) === shardId).map((id) => ({ id, unavailable: true }));
    expect(first).toMatchObject({ t: 'READY', d: { shard: [0, 2], guilds: ofShard(0) } });
    expect(second).toMatchObject({ t: 'READY', d: { shard: [1, 2], guilds: ofShard(1) } });
    expect(ofShard(0).length * ofShard(1).length).toBeGreaterThan(0);
  });

  it.each([
    [[2, 2], 4010],
    [[-1, 2], 4010],
    [[0, 0], 4010],
    [['a', 2], 4010],
  ])('refuse %j with 4010', async (shard, code) => {
    await start();

    expect(await identify(shard)).toBe(code);
  });

  it('are required of a bot with more servers than one shard may have', async () => {
    await start({ maxServersPerShard: 3 });

    const logins = [await identify([0, 1]), await identify([0, 2])];

    expect(logins).toMatchObject([4011, { t: 'READY' }]);
  });

  it('are as many as recommended where discord.js starts them by itself', async () => {
    await start({ recommendedShards: 2, sessionStarts: { gapMs: 0, maxConcurrency: 2 } });

    const client = await login();

    expect(client.ws.shards.size).toBe(2);
    expect(client.guilds.cache.map(({ id, shardId }) => [id, shardId])).toEqual(
      expect.arrayContaining([one, other].map(({ guildId }) => [guildId, toShard(guildId, 2)])),
    );
    expect(discord.connectedSessions()).toBe(2);
    expect(await aboutGateway()).toMatchObject({ shards: 2 });
  });

  it('hear of their own servers alone, and shard 0 of direct messages', async () => {
    await start();
    const client = await login(2);
    await client.application.commands.set([{ name: 'ping', description: 'Ping' }]);
    const heard: (number | undefined)[] = [];
    client.on(Events.InteractionCreate, (interaction) => {
      heard.push(interaction.guild?.shardId);
      if (interaction.isChatInputCommand()) void interaction.reply('pong');
    });
    const raw: number[] = [];
    client.on(Events.Raw, ({ t }: { t: string }, shardId: number) => {
      if (t === 'INTERACTION_CREATE') raw.push(shardId);
    });
    const member = discord.people(ids.member);

    for (const channelId of [one.generalId, other.generalId, member.openDm()])
      await member.command(channelId, { path: 'ping' });

    const shards = [one, other].map(({ guildId }) => toShard(guildId, 2));
    expect(heard).toEqual([...shards, undefined]);
    expect(raw).toEqual([...shards, 0]);
  });

  it('are dropped one by one, and go on with their own session', async () => {
    await start();
    const client = await login(2);
    const resumed = once(client, Events.ShardResume);

    discord.faults.gateway.drop({ canResume: true, shardId: 1 });

    expect((await resumed)[0]).toBe(1);
    expect(discord.connectedSessions()).toBe(2);
  });

  it('begin a new session where that of before waited for too long', async () => {
    await start({ sessionLivesMs: 0 });
    const client = await login(2);
    const back = once(client, Events.ShardReady);

    discord.faults.gateway.drop({ canResume: true, shardId: 1 });

    expect((await back)[0]).toBe(1);
    expect(discord.connectedSessions()).toBe(2);
  });

  it('offer no commands in a server that has removed the bot, and none of its own when it comes back', async () => {
    await start();
    const client = await login(2);
    await client.application.commands.set([{ name: 'ping', description: 'Ping' }]);
    await client.application.commands.set([{ name: 'here', description: 'Here' }], one.guildId);
    const member = discord.people(ids.member);
    const offered = () => member.commands(one.generalId).map(({ name }) => name);
    const before = offered();
    const gone = once(client, Events.GuildDelete);
    discord.world.removeMember(one.guildId, client.user.id);
    await gone;
    const meanwhile = offered();
    const back = once(client, Events.GuildCreate);
    discord.world.addMember(one.guildId, client.user.id, [one.botRoleId]);
    await back;

    expect([before, meanwhile, offered()]).toEqual([['here', 'ping'], [], ['ping']]);
  });
});

describe('a large world', () => {
  it('of 3,000 servers starts, and names three shards of which each gets its servers', async () => {
    const discord = await startDiscordStandIn({ limits: 'off', world: toLargePlan(2_998) });
    const rest = { api: discord.apiUrl, retries: 0 };
    const client = new Client({ intents: [GatewayIntentBits.Guilds], rest, shards: 'auto' });
    const ready = once(client, Events.ClientReady);
    await client.login(discord.token);
    await ready;
    const counts = Map.groupBy(client.guilds.cache.values(), ({ shardId }) => shardId);
    await client.destroy();
    await discord.close();

    expect(discord.guildIds).toHaveLength(3_000);
    expect([...counts.values()].every(({ length }) => length >= 999 && length <= 1_001)).toBe(true);
    expect([...counts.keys()].toSorted()).toEqual([0, 1, 2]);
  });
});
