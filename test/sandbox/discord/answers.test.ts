import type { REST } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import { checkAnswer } from '../../../sandbox/discord/rules/answer-rules.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { type RealBot, refusalOf, restOf, startRealBot } from './real-client.ts';

describe('answers of the stand-in', () => {
  let bot: RealBot;
  let rest: REST;

  beforeAll(async () => {
    bot = await startRealBot();
    rest = bot.client.rest;
    await bot.client.application.commands.set([{ name: 'try', description: 'Try' }], ids.guild);
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
  });

  it.each([
    '/gateway',
    '/gateway/bot',
    '/users/@me',
    `/users/${ids.member}`,
    '/applications/@me',
    '/oauth2/applications/@me',
    `/applications/${ids.application}/commands`,
    `/applications/${ids.application}/guilds/${ids.guild}/commands`,
    `/guilds/${ids.guild}`,
    `/guilds/${ids.guild}?with_counts=true`,
    `/guilds/${ids.guild}/channels`,
    `/guilds/${ids.guild}/roles`,
    `/guilds/${ids.guild}/members/${ids.member}`,
    `/guilds/${ids.guild}/threads/active`,
    `/channels/${ids.general}`,
    `/channels/${ids.forum}`,
    `/channels/${ids.thread}`,
  ] as const)('fit what Discord publishes for GET %s', async (path) => {
    const body = await rest.get(path);

    expect(checkAnswer(`GET ${path}`, body)).toEqual([]);
  });

  it('fit in errors, too', async () => {
    const reply = await fetch(`${bot.discord.apiUrl}/v10/channels/${ids.general}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${bot.discord.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'x'.repeat(2_001) }),
    });

    expect(reply.status).toBe(400);
    expect(checkAnswer('POST /channels/1/messages', await reply.json(), 400)).toEqual([]);
  });

  it('leave nothing behind of a forum post whose message is refused only when it is written', async () => {
    const lenient = await startDiscordStandIn({ checkRequest: () => null });
    const before = lenient.world.channels.size;
    const body = { name: 'post', message: {} };

    const refusal = await refusalOf(restOf(lenient).post(`/channels/${ids.forum}/threads`, { body }));
    await lenient.close();

    expect(refusal).toEqual({ code: 50006, status: 400 });
    expect(lenient.world.channels.size).toBe(before);
  });
});
