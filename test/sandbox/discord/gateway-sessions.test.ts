import { once } from 'node:events';
import { constants, createInflate } from 'node:zlib';
import { type APIRole, Client, Events, GatewayIntentBits } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { FakeClock } from '../../fake-clock.ts';

interface Payload {
  readonly op: number;
  readonly d: Record<string, unknown> | boolean | null;
  readonly t?: string | null;
}

describe('sessions of the gateway', () => {
  let discord: DiscordStandIn;
  const clients: Client[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.destroy();
    await discord.close();
  });

  async function start(options: DiscordStandInOptions = {}): Promise<void> {
    discord = await startDiscordStandIn({ limits: 'off', ...options });
  }

  /** A connection that has sent one payload after the gateway's hello, and what came back. */
  async function connect(payload: (session: string) => object, session = '') {
    const socket = new WebSocket(`ws://${discord.cdnHost}/gateway?v=10&encoding=json`);
    await once(socket, 'message');
    socket.send(JSON.stringify(payload(session)));
    const [answer] = await Promise.race([once(socket, 'message'), once(socket, 'close')]);
    const said = typeof answer === 'number' ? answer : (JSON.parse(String(answer)) as Payload);
    return { socket, said };
  }

  const identify = () => ({ op: 2, d: { token: discord.token, intents: 1, properties: {} } });
  const resume = (session: string) => ({ op: 6, d: { token: discord.token, session_id: session, seq: 1 } });
  const idOf = (said: Payload | number) => {
    const { d } = said as Payload;
    return typeof d === 'object' ? String(d?.['session_id']) : '';
  };
  const limitOf = async () => {
    const headers = { authorization: `Bot ${discord.token}` };
    const reply = await fetch(`${discord.apiUrl}/v10/gateway/bot`, { headers });
    return ((await reply.json()) as { session_start_limit: object }).session_start_limit;
  };

  it('take one log-in in five seconds: the second gets op 9', async () => {
    await start({ sessionStarts: {} });

    const first = await connect(identify);
    const second = await connect(identify);

    expect(first.said).toMatchObject({ op: 0, t: 'READY' });
    expect(second.said).toMatchObject({ op: 9, d: false });
    expect(await limitOf()).toMatchObject({ total: 1_000, remaining: 999, max_concurrency: 1 });
  });

  it('end altogether when the log-ins of a day are used up', async () => {
    await start({ sessionStarts: { gapMs: 0, total: 1 } });
    const first = await connect(identify);
    const ended = once(first.socket, 'close');

    const second = await connect(identify);

    expect(await limitOf()).toMatchObject({ total: 1, remaining: 0, reset_after: expect.any(Number) });
    expect([second.said, (await ended)[0]]).toEqual([4004, 4004]);
  });

  it.each([
    [1000, 9],
    [1001, 9],
    [4200, 0],
  ])('are over where the client closes with 1000 or 1001, as it will not come back: %i', async (code, op) => {
    await start();
    const { socket, said } = await connect(identify);
    socket.close(code);
    await once(socket, 'close');

    const again = await connect(resume, idOf(said));

    expect(again.said).toMatchObject({ op });
  });

  it('are over some minutes after the connection was lost', async () => {
    const clock = new FakeClock();
    await start({ clock });
    const { socket, said } = await connect(identify);
    socket.close(4200);
    await once(socket, 'close');

    await clock.advance(4 * 60_000);
    const early = await connect(resume, idOf(said));
    early.socket.close(4200);
    await once(early.socket, 'close');
    await clock.advance(6 * 60_000);
    const late = await connect(resume, idOf(said));

    expect([early.said, late.said]).toMatchObject([{ op: 0 }, { op: 9, d: false }]);
  });

  it('can be one compressed stream', async () => {
    await start();
    const socket = new WebSocket(`ws://${discord.cdnHost}/gateway?v=10&encoding=json&compress=zlib-stream`);
    const inflate = createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
    socket.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(true);
      inflate.write(data);
    });

    const [hello] = await once(inflate, 'data');
    socket.send(JSON.stringify(identify()));
    const [ready] = await once(inflate, 'data');
    socket.close();

    expect(JSON.parse(String(hello))).toMatchObject({ op: 10 });
    expect(String(ready)).toMatch(/^\{"op":0,"s":1,"t":"READY"/);
  });

  async function login(): Promise<Client<true>> {
    const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.apiUrl, retries: 0 } });
    clients.push(client);
    const ready = once(client, Events.ClientReady);
    await client.login(discord.token);
    await ready;
    return client as Client<true>;
  }

  it('send word of a server that is not available, also in the log-in, and of its return', async () => {
    await start();
    const before = await login();
    const gone = once(before, Events.GuildUnavailable);
    discord.faults.gateway.setGuildAvailable(ids.guild, false);
    await gone;
    const meanwhile = await login();
    const isThere = meanwhile.guilds.cache.get(ids.guild)?.available;
    const returned = [before, meanwhile].map((client) => once(client, Events.GuildAvailable));
    discord.faults.gateway.setGuildAvailable(ids.guild, true);
    await Promise.all(returned);

    expect(isThere).toBe(false);
    expect(meanwhile.guilds.cache.get(ids.guild)?.channels.cache.has(ids.general)).toBe(true);
  });

  it('send word of roles that come and go', async () => {
    await start();
    const client = await login();
    const { world } = discord;
    const role = { ...world.guilds.get(ids.guild)?.roles.get(ids.botRole), id: '1204417700112109999' } as APIRole;

    const created = once(client, Events.GuildRoleCreate);
    world.createRole(ids.guild, role);
    await created;
    const deleted = once(client, Events.GuildRoleDelete);
    world.deleteRole(ids.guild, role.id);
    const [lost] = await deleted;

    expect(lost).toMatchObject({ id: role.id });
    expect(client.guilds.cache.get(ids.guild)?.roles.cache.has(role.id)).toBe(false);
  });
});
