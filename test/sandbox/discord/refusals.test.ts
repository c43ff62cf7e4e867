import type { REST } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { refusalOf, restOf } from './real-client.ts';

const GENERAL = `/channels/${ids.general}` as const;
const MESSAGE = `${GENERAL}/messages/${ids.thread}` as const;
const MESSAGE_CONTENT = 1 << 15;
const manage = (1n << 4n) | (1n << 34n);

/** What Discord refuses and a careless stand-in would take. */
describe('refusals of the stand-in', () => {
  let discord: DiscordStandIn;
  let rest: REST;

  beforeAll(async () => {
    discord = await startDiscordStandIn({ limits: 'off' });
    rest = restOf(discord);
    discord.world.setOverwrite(ids.general, { id: ids.botRole, kind: 'role', allow: manage, deny: 0n });
  });

  afterAll(() => discord.close());

  const ask = async (method: string, path: string, token: string | null = discord.token) => {
    const headers = token === null ? {} : { authorization: `Bot ${token}` };
    const reply = await fetch(`${discord.apiUrl}/v10${path}`, { method, headers });
    return { status: reply.status, body: await reply.json() };
  };

  it('refuses words that AutoMod blocks, in messages, edits and titles of that server alone', async () => {
    const { id } = (await rest.post(`${GENERAL}/messages`, { body: { content: 'a cat' } })) as { id: string };
    discord.world.autoMod.block(ids.guild, ['Dragon']);
    const post = (content: string) => rest.post(`${GENERAL}/messages`, { body: { content } });
    const toThread = (name: string, content: string) =>
      rest.post(`/channels/${ids.forum}/threads`, { body: { name, message: { content } } });

    const refused = await Promise.all([
      refusalOf(post('A DRAGON!')),
      refusalOf(rest.patch(`${GENERAL}/messages/${id}`, { body: { content: 'dragon' } })),
      refusalOf(toThread('x', 'dragon')),
      refusalOf(toThread('dragon', 'x')),
    ]);
    await post('dragons');
    await rest.post(`/channels/${ids.otherGeneral}/messages`, { body: { content: 'dragon' } });
    discord.world.autoMod.block(ids.guild, []);
    await post('dragon');

    expect(refused.map(({ status, code }) => [status, code])).toEqual([
      [400, 200000],
      [400, 200000],
      [400, 200000],
      [400, 200001],
    ]);
  });

  it.each([
    ['PUT', `${MESSAGE}/bookmarks/%F0%9F%91%8D/@me`],
    ['DELETE', `${GENERAL}/invites`],
    ['GET', `${GENERAL}/polls/x`],
    ['PUT', `${GENERAL}/recipients/${ids.thread}`],
    ['GET', '/nowhere'],
  ])('says 404 with code 0 to a route that is not there: %s %s', async (method, path) => {
    const known = await ask(method, path);
    const stranger = await ask(method, path, null);

    expect(known).toEqual({ status: 404, body: { message: '404: Not Found', code: 0 } });
    expect(stranger).toEqual(known);
    expect(discord.requests.list().at(-1)).toMatchObject({ method, path, status: 404 });
  });

  it('says 405 to a method that a route does not have', async () => {
    expect(await ask('PUT', `${GENERAL}/messages`)).toEqual({
      status: 405,
      body: { message: '405: Method Not Allowed', code: 0 },
    });
    expect((await ask('GET', `${GENERAL}/messages`)).status).toBe(200);
  });

  it('names an id that is none', async () => {
    const inPath = await ask('GET', '/channels/general');
    const inQuery = await ask('GET', `${GENERAL}/messages?after=yesterday`);

    const complaint = (value: string) => ({
      _errors: [{ code: 'NUMBER_TYPE_COERCE', message: `Value "${value}" is not snowflake.` }],
    });
    expect(inPath).toMatchObject({
      status: 400,
      body: { code: 50035, errors: { channel_id: complaint('general') } },
    });
    expect(inQuery).toMatchObject({ status: 400, body: { code: 50035, errors: { after: complaint('yesterday') } } });
  });

  it.each([
    ['content of blanks', `${GENERAL}/messages`, { content: ' \n ' }, { code: 50006, status: 400 }],
    [
      'an announcement thread in a text channel',
      `${GENERAL}/threads`,
      { name: 'x', type: 10 },
      { code: 50024, status: 400 },
    ],
    ['a thread in a thread', `/channels/${ids.thread}/threads`, { name: 'x', type: 11 }, { code: 50024, status: 400 }],
    ['a direct channel with nobody', '/users/@me/channels', { recipient_id: '1' }, { code: 50033, status: 400 }],
    [
      'commands of another application',
      `/applications/${ids.guild}/commands`,
      { name: 'x', description: 'x' },
      { code: 20012, status: 403 },
    ],
  ] as const)('refuses %s', async (_name, path, body, refusal) => {
    expect(await refusalOf(rest.post(path, { body }))).toEqual(refusal);
  });

  it.each([
    [ids.thread, { auto_archive_duration: 61 }],
    [ids.thread, { name: '' }],
    [ids.general, { name: 'x'.repeat(101) }],
  ])('refuses to change the channel %s to %j', async (id, body) => {
    expect(await refusalOf(rest.patch(`/channels/${id}`, { body }))).toEqual({ code: 50035, status: 400 });
  });

  it('trims what is written', async () => {
    const message = await rest.post(`${GENERAL}/messages`, { body: { content: '  hello\n' } });

    expect(message).toMatchObject({ content: 'hello' });
  });

  it('takes no direct message for those who share no server with the bot', async () => {
    const { id } = (await rest.post('/users/@me/channels', { body: { recipient_id: ids.outsider } })) as { id: string };
    const send = () => rest.post(`/channels/${id}/messages`, { body: { content: 'x' } });
    const shared = await send();
    discord.world.removeMember(ids.otherGuild, ids.outsider);

    expect(shared).toMatchObject({ content: 'x' });
    expect(await refusalOf(send())).toEqual({ code: 50007, status: 403 });
  });

  it('crossposts once, of others only with Manage Messages', async () => {
    const path = `/channels/${ids.announcements}/messages` as const;
    const { id } = (await rest.post(path, { body: { content: 'news' } })) as { id: string };
    const foreign = discord.people(ids.owner).send(ids.announcements, 'mine');
    await rest.post(`${path}/${id}/crosspost`);

    expect(await refusalOf(rest.post(`${path}/${id}/crosspost`))).toEqual({ code: 40033, status: 400 });
    expect(await refusalOf(rest.post(`${path}/${foreign.id}/crosspost`))).toEqual({ code: 50013, status: 403 });
  });

  it('gives what others write only to a bot that may read it, or is mentioned', async () => {
    const member = discord.people(ids.member);
    const secret = member.send(ids.showcase, 'a secret');
    member.send(ids.showcase, `<@${ids.application}> hello`);
    const reader = await startDiscordStandIn({ limits: 'off', allowedIntents: MESSAGE_CONTENT });
    reader.people(ids.member).send(ids.showcase, 'a secret');
    const path = `/channels/${ids.showcase}/messages` as const;
    const read = async (from: DiscordStandIn) =>
      ((await restOf(from).get(path)) as { content: string }[]).map(({ content }) => content);

    const seen = [await read(discord), await read(reader)];
    const single = await rest.get(`${path}/${secret.id}`);
    await reader.close();

    expect(seen).toEqual([[`<@${ids.application}> hello`, ''], ['a secret']]);
    expect(single).toMatchObject({ id: secret.id, content: '' });
    expect(member.messages(ids.showcase)[0]?.content).toBe('a secret');
  });
});
