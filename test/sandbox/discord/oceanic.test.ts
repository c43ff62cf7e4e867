import { type AnyInteractionGateway, ApplicationCommandTypes, Client, InteractionTypes } from 'oceanic.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import { checkAnswer } from '../../../sandbox/discord/rules/answer-rules.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';

const PRIVATE = 1 << 6;

/** Discord does answer a deferred reply with `resource.type` 5; the schema that it publishes does not name it. */
function isDeferral(path: string, body: unknown): boolean {
  return path === 'resource' && JSON.stringify(body).includes('"resource":{"type":5,');
}

/** A second client library: what only discord.js forgives shows here. */
describe('the stand-in with oceanic.js', () => {
  const misfits: string[] = [];
  const complaints: string[] = [];
  let discord: DiscordStandIn;
  let client: Client;

  beforeAll(async () => {
    discord = await startDiscordStandIn({
      checkResponse: (route, status, body) => {
        for (const { path, code, message } of checkAnswer(route, body, status)) {
          if (code !== 'ROUTE_UNKNOWN' && !isDeferral(path, body))
            misfits.push(`${route} ${status}: ${path} ${code} ${message}`);
        }
      },
    });
    client = new Client({
      auth: `Bot ${discord.token}`,
      gateway: { intents: ['GUILDS'], compress: false, override: { appendQuery: true } },
      rest: { baseURL: `${discord.apiUrl}/v10` },
    });
    client.on('error', (error) => complaints.push(String(error)));
    client.on('warn', (warning) => complaints.push(warning));
    const ready = new Promise((resolve) => client.once('ready', () => resolve(undefined)));
    await client.connect();
    await ready;
  });

  afterAll(async () => {
    client?.disconnect(false);
    await discord?.close();
    expect([misfits, complaints]).toEqual([[], []]);
  });

  it('logs in and receives the servers with their channels', () => {
    const guild = client.guilds.get(ids.guild);

    expect(client.user.id).toBe(ids.application);
    expect([...client.guilds.keys()]).toEqual([ids.guild, ids.otherGuild]);
    expect(guild?.channels.map((channel) => channel.name)).toContain('general');
    expect(guild?.roles.get(ids.artistRole)?.mentionable).toBe(true);
  });

  it('registers a command, receives it, and answers after a while, in private', async () => {
    await client.application.bulkEditGuildCommands(ids.guild, [
      {
        type: ApplicationCommandTypes.CHAT_INPUT,
        name: 'job',
        description: 'A job',
        options: [{ type: 3, name: 'job', description: 'Which', required: true }],
      },
    ]);
    const answer = async (interaction: AnyInteractionGateway): Promise<void> => {
      if (interaction.type !== InteractionTypes.APPLICATION_COMMAND) return;
      await interaction.defer(PRIVATE);
      const job = interaction.data.options.getString('job', true);
      await interaction.editOriginal({ content: `job ${job}`, allowedMentions: { everyone: false } });
    };
    client.once(
      'interactionCreate',
      (interaction) => void answer(interaction).catch((error) => complaints.push(String(error))),
    );

    const seen = await discord.people(ids.member).command(ids.general, { path: 'job', options: { job: 'abc' } });

    expect(complaints).toEqual([]);
    expect(seen).toMatchObject({ state: 'answered', message: { content: 'job abc', flags: PRIVATE } });
  });

  it('writes into a channel, edits and deletes what it wrote', async () => {
    const message = await client.rest.channels.createMessage(ids.showcase, { content: 'hello' });
    await message.edit({ content: 'hello again' });
    const edited = discord.people(ids.member).messages(ids.showcase);

    await message.delete();

    expect(edited.map(({ content }) => content)).toEqual(['hello again']);
    expect(discord.people(ids.member).messages(ids.showcase)).toEqual([]);
  });

  it('opens a forum post, archives it, and lists it among the archived ones', async () => {
    const post = await client.rest.channels.startThreadInThreadOnlyChannel(ids.forum, {
      name: 'a post',
      message: { content: 'first' },
    });
    const open = await client.rest.guilds.getActiveThreads(ids.guild);
    await client.rest.channels.edit(post.id, { archived: true });

    const archived = await client.rest.channels.getPublicArchivedThreads(ids.forum, { limit: 10 });

    expect(open.threads.map(({ id }) => id)).toContain(post.id);
    expect(archived).toMatchObject({ hasMore: false, threads: [{ id: post.id }], members: [{ id: post.id }] });
  });
});
