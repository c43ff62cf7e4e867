import type { ChatInputCommandInteraction } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { FakeClock } from '../../fake-clock.ts';
import { type RealBot, refusalOf, startRealBot } from './real-client.ts';

describe('deadlines of interactions', () => {
  let bot: RealBot;
  let clock: FakeClock;
  let received: Promise<ChatInputCommandInteraction>;

  beforeEach(async () => {
    clock = new FakeClock();
    bot = await startRealBot({ clock });
    await bot.client.application.commands.set([{ name: 'try', description: 'Try' }]);
    received = new Promise((resolve) => bot.on(async (interaction) => resolve(interaction as never)));
  });

  afterEach(async () => {
    await bot[Symbol.asyncDispose]();
  });

  const send = () => bot.discord.people(ids.member).command(ids.general, { path: 'try' });

  it('fails an interaction after three seconds and refuses the late answer with 10062', async () => {
    const sent = send();
    const interaction = await received;
    await clock.advance(3_001);

    const seen = await sent;

    expect(seen).toMatchObject({ state: 'failed', failure: 'The application did not respond' });
    expect(await refusalOf(interaction.reply('late'))).toEqual({ code: 10062, status: 404 });
  });

  it('takes an answer just before three seconds are over', async () => {
    const sent = send();
    const interaction = await received;
    await clock.advance(2_999);

    await interaction.reply('in time');

    expect((await sent).state).toBe('answered');
  });

  it('refuses edits and follow-ups after fifteen minutes with 50027', async () => {
    const sent = send();
    const interaction = await received;
    await interaction.deferReply();
    await clock.advance(15 * 60_000 - 1);
    await interaction.editReply('still possible');
    await sent;
    await clock.advance(1);

    expect(await refusalOf(interaction.editReply('late'))).toEqual({ code: 50027, status: 401 });
    expect(await refusalOf(interaction.followUp('late'))).toEqual({ code: 50027, status: 401 });
  });

  it('fails a "thinking…" that is never filled when its token ends', async () => {
    const sent = send();
    const interaction = await received;
    await interaction.deferReply();
    await clock.advance(15 * 60_000);

    expect((await sent).state).toBe('failed');
  });

  it('remembers a nonce for five minutes', async () => {
    const channel = await bot.client.channels.fetch(ids.general);
    if (!channel?.isSendable()) throw new Error('not sendable');
    const send = () => channel.send({ content: 'x', nonce: 'delivery-1', enforceNonce: true });
    const first = await send();
    const again = await send();
    await clock.advance(5 * 60_000 + 1);
    const later = await send();

    expect(again.id).toBe(first.id);
    expect(later.id).not.toBe(first.id);
    expect(bot.discord.people(ids.member).messages(ids.general)).toHaveLength(2);
  });
});
