import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { RateLimitError, Routes } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type DiscordStandIn, startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { Bot, type BotOptions } from '../../../src/discord/core/bot.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

const REFUSED = { kind: 'status', status: 401, body: { code: 0, message: '401: Unauthorized' } } as const;

describe('Bot', () => {
  let discord: DiscordStandIn;
  let bot: Bot;
  const fatal: string[] = [];

  beforeEach(async () => {
    fatal.length = 0;
    discord = await startDiscordStandIn({ limits: 'off' });
    bot = makeBot({ clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) } });
  });

  afterEach(async () => {
    await bot.stop();
    await discord.close();
  });

  const makeBot = (options: Partial<BotOptions>) =>
    new Bot({
      token: discord.token,
      apiUrl: discord.apiUrl,
      guildIds: [ids.guild],
      logger: silentLogger,
      onFatal: (reason) => fatal.push(reason),
      ...options,
    });
  const post = () => bot.client.rest.post(Routes.channelMessages(ids.general), { body: { content: 'hello' } });

  it('is at its end after a 401 to anything that carries its token', async () => {
    await bot.start(() => []);
    discord.faults.add({ route: 'POST /channels', fault: REFUSED, times: 1 });

    await expect(post()).rejects.toMatchObject({ status: 401 });

    expect(fatal).toEqual([`401 for POST /api/v10/channels/${ids.general}/messages`]);
  });

  it('goes on after a 401 to an answer to an interaction, which carries no token', async () => {
    await bot.start(() => []);
    discord.faults.add({ fault: REFUSED, times: 2 });
    const route = Routes.webhookMessage(discord.applicationId, 'gone', '@original');

    await expect(bot.interactionRest.get(route, { auth: false })).rejects.toMatchObject({ status: 401 });
    await expect(bot.client.rest.get(route, { auth: false })).rejects.toMatchObject({ status: 401 });

    expect(fatal).toEqual([]);
    expect(await post()).toMatchObject({ content: 'hello' });
  });

  it.each(['client', 'interactionRest'] as const)(
    'does not insist where a proxy refuses the %s without saying for how long',
    async (name) => {
      await bot.start(() => []);
      const rest = name === 'client' ? bot.client.rest : bot.interactionRest;
      discord.faults.add({ fault: { kind: 'status', status: 429, page: 'error code: 1015' } });
      const route = Routes.webhookMessage(discord.applicationId, 'token', '@original');

      await expect(rest.get(route, { auth: false })).rejects.toThrow(RateLimitError);

      expect(discord.requests.of('GET /webhooks/{webhook_id}/{webhook_token}/messages/@original').length).toBeLessThan(
        7,
      );
    },
  );

  it('registers its commands although a proxy refuses once, and again where a server was not available', async () => {
    const register = 'PUT /applications/{application_id}/guilds/{guild_id}/commands';
    const answers = () => discord.requests.of(register).map(({ status }) => status);
    discord.faults.gateway.setGuildAvailable(ids.guild, false);
    const page = 'error code: 1015';
    discord.faults.add({ route: register, fault: { kind: 'status', status: 403, page }, times: 1 });
    const missing = { kind: 'status', status: 403, body: { code: 50001, message: 'Missing Access' } } as const;
    discord.faults.add({ route: register, fault: missing, times: 1 });

    await bot.start(() => []);
    await expect.poll(answers).toEqual([403, 403]);
    discord.faults.gateway.setGuildAvailable(ids.guild, true);
    await expect.poll(answers).toEqual([403, 403, 200]);
    discord.faults.gateway.setGuildAvailable(ids.guild, false);
    discord.faults.gateway.setGuildAvailable(ids.guild, true);
    await post();

    expect(answers()).toHaveLength(3);
  });

  it('no longer knows a server, nor its channels, that removed it while no session was there', async () => {
    const { world, faults } = discord;
    await bot.start(() => []);
    const gone: string[] = [];
    bot.presence.onShardNamed(({ guildIds }) => {
      if (!guildIds.has(ids.otherGuild)) gone.push(ids.otherGuild);
    });

    faults.gateway.setDown(true);
    world.removeMember(ids.otherGuild, discord.applicationId);
    faults.gateway.drop({ canResume: false });
    faults.gateway.setDown(false);
    await expect.poll(() => gone).toEqual([ids.otherGuild]);

    expect(bot.client.guilds.cache.has(ids.otherGuild)).toBe(false);
    expect(bot.client.channels.cache.has(ids.otherGeneral)).toBe(false);
    expect(bot.client.channels.cache.has(ids.general)).toBe(true);
  });

  it('tells an outage of a server from being removed', async () => {
    const heard: string[] = [];
    bot.presence.onHere((id) => heard.push(`here ${id}`));
    bot.presence.onGone((id) => heard.push(`gone ${id}`));
    await bot.start(() => []);
    heard.length = 0;

    discord.faults.gateway.setGuildAvailable(ids.guild, false);
    discord.faults.gateway.setGuildAvailable(ids.guild, true);
    discord.world.removeMember(ids.otherGuild, discord.applicationId);
    await expect.poll(() => heard).toEqual([`here ${ids.guild}`, `gone ${ids.otherGuild}`]);
  });

  it('says a refused token at the login by rejecting alone', async () => {
    discord.faults.add({ fault: REFUSED });

    await expect(bot.start(() => [])).rejects.toThrow(AppError);

    expect(fatal).toEqual([]);
  });

  it('gives up a log-in to which the gateway says nothing, and comes no more', async () => {
    const gateway = await startGateway(discord, () => undefined);
    const hasty = makeBot({ loginLimitMs: 500 });

    await expect(hasty.start(() => [])).rejects.toThrow('no answer in 0.5 seconds');

    // It has waited for discord.js to leave, which by itself would have come again meanwhile.
    expect(gateway.connectionCount()).toBe(1);
    expect(fatal).toEqual([]);
    gateway.stop();
  });

  it('ends a connection that is being opened when it leaves, and does not mind how that fails', async () => {
    const opening = Promise.withResolvers<Duplex>();
    const gateway = createServer().on('upgrade', (_request, socket) => opening.resolve(socket));
    await once(gateway.listen(0, '127.0.0.1'), 'listening');
    nameGateway(discord, gateway);
    const hasty = makeBot({ loginLimitMs: 500 });

    const started = expect(hasty.start(() => [])).rejects.toThrow('no answer in 0.5 seconds');
    const socket = await opening.promise;
    socket.resume();
    await started;

    // Without an answer it would end by itself after 15 seconds.
    await expect.poll(() => socket.readableEnded, { timeout: 10_000 }).toBe(true);
    socket.destroy();
    gateway.close();
  });

  it.each([4004, 4014])('is at its end when the gateway closes with %i', async (code) => {
    const gateway = await startGateway(discord);
    await bot.start(() => []);

    await gateway.close(code);
    await expect.poll(() => fatal).toEqual([`the gateway closed with ${code}`]);

    gateway.stop();
  });

  it('goes on when the gateway closes with a code after which it may come again', async () => {
    const gateway = await startGateway(discord);
    await bot.start(() => []);

    await gateway.close(4000);
    await expect.poll(() => gateway.connectionCount()).toBe(2);

    expect(fatal).toEqual([]);
    gateway.stop();
  });
});

/** A gateway that lets everybody in and closes with a code on demand; the stand-in names its address. */
async function startGateway(discord: DiscordStandIn, greet: typeof letIn = letIn) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const url = nameGateway(discord, server);
  const sockets: WebSocket[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket);
    greet(socket, discord, url);
  });
  return {
    connectionCount: () => sockets.length,
    async close(code: number) {
      const [socket] = sockets;
      if (socket === undefined) throw new Error('Nobody is connected.');
      socket.close(code);
      await once(socket, 'close');
    },
    stop() {
      for (const socket of sockets) socket.terminate();
      server.close();
    },
  };
}

/** Lets the stand-in name a server of loopback as the gateway; returns its address. */
function nameGateway(discord: DiscordStandIn, server: Pick<Server, 'address'>): string {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 };
  const body = { url, shards: 1, session_start_limit: limit };
  discord.faults.add({ route: 'GET /gateway/bot', fault: { kind: 'status', status: 200, body } });
  return url;
}

function letIn(socket: WebSocket, { world }: DiscordStandIn, url: string): void {
  const { bot, applicationId } = world;
  const application = { id: applicationId, flags: 0 };
  const ready = { v: 10, user: bot, guilds: [], session_id: 's', resume_gateway_url: url, application };
  socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45_000 } }));
  socket.on('message', (data) => {
    const { op } = JSON.parse(String(data)) as { op: number };
    if (op === 2) socket.send(JSON.stringify({ op: 0, s: 1, t: 'READY', d: ready }));
    if (op === 6) socket.send(JSON.stringify({ op: 0, s: 2, t: 'RESUMED', d: {} }));
  });
}
