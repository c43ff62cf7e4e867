import { once as firstOf } from 'node:events';
import { connect } from 'node:net';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type DiscordStandIn, startDiscordStandIn } from '../../../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';
import { refusalOf } from '../real-client.ts';

const VIEW_AND_SEND = (1n << 10n) | (1n << 11n);

describe('the gateway with the real discord.js', () => {
  let discord: DiscordStandIn;
  const clients: Client[] = [];

  beforeEach(async () => {
    discord = await startDiscordStandIn({ limits: 'off', patienceMs: 30_000 });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.destroy();
    await discord.close();
  });

  async function login(intents = [GatewayIntentBits.Guilds], token = discord.token): Promise<Client<true>> {
    const client = new Client({ intents, rest: { api: discord.apiUrl, retries: 0 } });
    clients.push(client);
    const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
    await client.login(token);
    return ready;
  }

  function once(client: Client, event: string): Promise<unknown> {
    return new Promise((resolve) => client.once(event as never, resolve));
  }

  /** Sends /ping as a member and returns what the client got. */
  async function ping(client: Client): Promise<string> {
    client.removeAllListeners(Events.InteractionCreate);
    client.once(Events.InteractionCreate, async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply('pong');
    });
    const seen = await discord.people(ids.member).command(ids.general, { path: 'ping' });
    return seen.message?.content ?? seen.failure ?? seen.state;
  }

  it('sends again, after a cut, what was missed meanwhile', async () => {
    const client = await login();
    await client.application.commands.set([{ name: 'ping', description: 'Ping' }]);
    const resumed = once(client, Events.ShardResume);

    discord.faults.gateway.drop({ canResume: true });
    const answered = ping(client);
    await resumed;

    expect(await answered).toBe('pong');
    expect(discord.connectedSessions()).toBe(1);
  });

  it('answers the resume of a forgotten session with op 9', async () => {
    const socket = new WebSocket(`ws://${discord.cdnHost}/gateway?v=10&encoding=json`);
    const received: unknown[] = [];
    const second = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        if (received.push(JSON.parse(String(data))) === 2) resolve();
      });
    });
    socket.once('message', () => {
      socket.send(JSON.stringify({ op: 6, d: { token: discord.token, session_id: 'gone', seq: 1 } }));
    });

    await second;
    socket.close();

    expect(received).toMatchObject([{ op: 10 }, { op: 9, d: false }]);
  });

  it('asks to reconnect with op 7 and resumes', async () => {
    const client = await login();
    const resumed = once(client, Events.ShardResume);

    discord.faults.gateway.askReconnect();

    await resumed;
    expect(discord.connectedSessions()).toBe(1);
  });

  it('ends a session with op 9; the client logs in anew', async () => {
    const client = await login();
    const back = once(client, Events.ShardReady);

    discord.faults.gateway.invalidate({ canResume: false });

    await back;
    expect(discord.connectedSessions()).toBe(1);
  });

  it('is taken for dead by the client when it does not answer heartbeats, and is resumed', async () => {
    await discord.close();
    discord = await startDiscordStandIn({ limits: 'off', heartbeatIntervalMs: 1_000 });
    const client = await login();
    const resumed = once(client, Events.ShardResume);
    const reconnecting = once(client, Events.ShardReconnecting);

    discord.faults.gateway.setMute(true);
    await reconnecting;
    discord.faults.gateway.setMute(false);

    await resumed;
    expect(discord.connectedSessions()).toBe(1);
  });

  it('refuses a wrong token with 4004 and privileged intents with 4014', async () => {
    const closeOf = (token: string, intents: number) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`ws://${discord.cdnHost}/gateway?v=10&encoding=json`);
        socket.on('message', () => socket.send(JSON.stringify({ op: 2, d: { token, intents, properties: {} } })));
        socket.on('close', resolve);
      });

    expect(await closeOf('wrong', 1)).toBe(4004);
    expect(await closeOf(discord.token, 1 << 15)).toBe(4014);
    expect(await closeOf(discord.token, 1 << 30)).toBe(4013);
    await expect(login([GatewayIntentBits.Guilds], 'wrong')).rejects.toThrow();
    await expect(login([GatewayIntentBits.MessageContent])).rejects.toThrow(/disallowed intents/i);
  });

  it('takes a token with its type in front, as other libraries send it', async () => {
    const socket = new WebSocket(`ws://${discord.cdnHost}/gateway?v=10&encoding=json`);
    const identify = { op: 2, d: { token: `Bot ${discord.token}`, intents: 1, properties: {} } };
    socket.once('message', () => socket.send(JSON.stringify(identify)));

    const event = await new Promise<string>((resolve) => {
      socket.on('message', (data) => {
        const { t } = JSON.parse(String(data)) as { t: string | null };
        if (t !== null) resolve(t);
      });
    });
    socket.close();

    expect(event).toBe('READY');
  });

  it.each([
    ['not json', 4002],
    ['{"op":99}', 4001],
    ['{"op":3,"d":{}}', 4003],
    ['{"op":2,"d":{"token":"x","intents":1}}', 4002],
    [`{"op":1,"d":${' '.repeat(4_096)}1}`, 4002],
  ])('ends the connection of a client that sends %s', async (text, code) => {
    const socket = new WebSocket(`ws://${discord.cdnHost}/gateway?v=10&encoding=json`);
    socket.once('message', () => socket.send(text));

    const closed = await new Promise<number>((resolve) => socket.on('close', resolve));

    expect(closed).toBe(code);
  });

  it('says at once when the bot loses and regains a permission in a channel', async () => {
    const client = await login();
    const may = () => {
      const channel = client.guilds.cache.get(ids.guild)?.channels.cache.get(ids.general);
      return channel?.permissionsFor(client.user)?.has('SendMessages');
    };
    const before = may();
    const changed = once(client, Events.ChannelUpdate);
    discord.world.setOverwrite(ids.general, { id: ids.botRole, kind: 'role', allow: 0n, deny: VIEW_AND_SEND });
    await changed;
    const during = may();
    const restored = once(client, Events.ChannelUpdate);
    discord.world.removeOverwrite(ids.general, ids.botRole);
    await restored;

    expect([before, during, may()]).toEqual([true, false, true]);
  });

  it('says when the role of the bot changes in the whole server', async () => {
    const client = await login();
    const changed = once(client, Events.GuildRoleUpdate);

    discord.world.updateRole(ids.guild, ids.botRole, { permissions: '0' });
    await changed;

    expect(client.guilds.cache.get(ids.guild)?.members.me?.roles.botRole?.permissions.bitfield).toBe(0n);
  });

  it('sends messages only with the intent, and without their content', async () => {
    await login();
    const listening = await login([GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages]);
    const got: string[] = [];
    const both = new Promise<void>((resolve) => {
      listening.on(Events.MessageCreate, ({ content }) => {
        if (got.push(content) === 2) resolve();
      });
    });

    discord.people(ids.member).send(ids.general, 'secret');
    discord.people(ids.member).send(ids.general, `<@${ids.application}> hello`);
    await both;

    expect(got).toEqual(['', `<@${ids.application}> hello`]);
    expect(discord.requests.of('MESSAGE_CREATE').map(({ status }) => status)).toEqual([1, 1]);
    expect(discord.connectedSessions()).toBe(2);
  });

  it('cuts a client that has stopped to beat', async () => {
    const hasty = await startDiscordStandIn({ heartbeatIntervalMs: 20 });
    const socket = new WebSocket(`ws://${hasty.cdnHost}/gateway?v=10&encoding=json`);

    const closed = await new Promise<number>((resolve) => socket.on('close', resolve));
    await hasty.close();

    expect(closed).toBe(1006);
  });

  it('gives members by id', async () => {
    const client = await login();
    const guild = client.guilds.cache.get(ids.guild);

    const members = await guild?.members.fetch({ user: [ids.member, ids.owner] });

    expect(members?.map((member) => member.user.username)).toEqual(['mia', 'olga']);
  });

  it('takes the server away when the bot is removed from it', async () => {
    const client = await login();
    const gone = once(client, Events.GuildDelete);
    discord.world.removeMember(ids.otherGuild, client.user.id);
    await gone;
    const refused = await refusalOf(client.rest.get(`/channels/${ids.otherGeneral}`));
    const back = once(client, Events.GuildCreate);
    discord.world.addMember(ids.otherGuild, client.user.id, [ids.otherBotRole]);
    await back;

    expect(refused).toEqual({ code: 50001, status: 403 });
    expect(client.guilds.cache.has(ids.otherGuild)).toBe(true);
  });

  it('goes on where a client that it refuses cuts the connection', async () => {
    discord.faults.gateway.setDown(true);
    const { host, hostname, port } = new URL(discord.apiUrl);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /gateway HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await firstOf(socket, 'data');

    socket.resetAndDestroy();
    const reply = await fetch(`${discord.apiUrl}/v10/gateway`);

    expect(reply.status).toBe(200);
  });

  it('refuses connections while it is down and takes them when it is up again', async () => {
    const client = await login();
    const resumed = once(client, Events.ShardResume);
    const reconnecting = once(client, Events.ShardReconnecting);

    discord.faults.gateway.setDown(true);
    await reconnecting;
    discord.faults.gateway.setDown(false);

    await resumed;
    expect(discord.connectedSessions()).toBe(1);
  });
});
