import type { TextChannel } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPayload } from '../../../sandbox/discord/rules/payload-rules.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { FakeClock } from '../../fake-clock.ts';
import { type RealBot, refusalOf, startRealBot } from './real-client.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 60 * 60_000;
const EDIT = 'PATCH /channels/{channel_id}/messages/{message_id}';
const big = (bytes: number) => ({ files: [{ name: 'big.bin', attachment: Buffer.alloc(bytes) }] });

describe('limits by age, boost and place', () => {
  const clock = new FakeClock(Date.parse('2026-03-01T12:00:00Z'));
  let bot: RealBot;
  let channel: TextChannel;

  beforeAll(async () => {
    bot = await startRealBot({
      clock,
      limits: { oldEdits: { limit: 2, windowMs: 300 }, perChannel: { limit: 50, windowMs: 100 } },
    });
    channel = (await bot.client.channels.fetch(ids.general)) as TextChannel;
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  it('refuses too many edits of messages older than an hour with 30046, until some time has gone by', async () => {
    const young = await channel.send('young');
    await young.edit('1');
    await young.edit('2');
    await clock.advance(HOUR_MS + 1_000);

    const edits = await Promise.all(['3', '4', '5'].map((content) => young.edit(content)));

    const refused = bot.discord.requests.of(EDIT).filter(({ status }) => status === 429);
    expect(refused.map(({ answer }) => answer)).toMatchObject([{ code: 30046, retry_after: expect.any(Number) }]);
    expect(edits.at(-1)?.content).toBe('5');
  });

  it('says that a limit is shared with others, and does not count its refusals against the bot', async () => {
    const { faults, apiUrl, token } = bot.discord;
    faults.add({ fault: { kind: 'rate-limit', retryAfterMs: 20, isShared: true }, times: 2 });
    const headers = { authorization: `Bot ${token}` };

    const reply = await fetch(`${apiUrl}/v10/channels/${ids.general}`, { headers });
    const sent = await channel.send('x');

    expect([reply.status, reply.headers.get('x-ratelimit-scope')]).toEqual([429, 'shared']);
    expect(await reply.json()).toMatchObject({ global: false, retry_after: 0.02 });
    expect(sent.content).toBe('x');
  });

  it.each([
    [0, 10],
    [1, 10],
    [2, 50],
    [3, 100],
  ])('takes in a server of boost tier %i files up to %i MiB, and says so with interactions', async (tier, mib) => {
    bot.discord.world.updateGuild(ids.guild, { premiumTier: tier });
    await bot.client.application.commands.set([{ name: 'try', description: 'Try' }], ids.guild);
    let said: number | undefined;
    bot.on(async (interaction) => {
      said = interaction.attachmentSizeLimit;
      if (interaction.isChatInputCommand()) await interaction.reply('ok');
    });

    await bot.discord.people(ids.member).command(ids.general, { path: 'try' });

    expect(said).toBe(mib * MIB);
  });

  it('refuses a file that is larger than the server takes, and no other', async () => {
    const codeAt = async (premiumTier: number) => {
      bot.discord.world.updateGuild(ids.guild, { premiumTier });
      return (await refusalOf(channel.send(big(10 * MIB + 1)))).code;
    };
    const fits = (size: number) => {
      const file = { id: 0, name: 'a.bin', size, maxSize: 50 * MIB };
      return checkPayload('message-create', {}, [file]).length === 0;
    };

    expect([await codeAt(1), await codeAt(2)]).toEqual([40005, undefined]);
    expect([fits(50 * MIB), fits(50 * MIB + 1)]).toEqual([true, false]);
  });
});
