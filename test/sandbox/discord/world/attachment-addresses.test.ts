import { GatewayIntentBits, type Message, type TextChannel } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';
import { StandInPageWorld } from '../../../../sandbox/stand-in-page-world.ts';
import { FakeClock } from '../../../fake-clock.ts';
import { type RealBot, startRealBot } from '../real-client.ts';

const DAY_MS = 24 * 60 * 60_000;
const FILE = { name: 'a.txt', attachment: Buffer.from('bytes') };
const statusOf = async (url: string | undefined) => (await fetch(url ?? '')).status;

describe('addresses of uploaded files', () => {
  const clock = new FakeClock(Date.parse('2026-03-01T12:00:00Z'));
  let bot: RealBot;
  let channel: TextChannel;

  beforeAll(async () => {
    const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages];
    bot = await startRealBot({ clock }, { intents });
    channel = (await bot.client.channels.fetch(ids.general)) as TextChannel;
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  const fileOf = (message: Message) => message.attachments.first();

  it('are signed, good for a day, and fresh in every message that is read', async () => {
    const sent = await channel.send({ files: [FILE] });
    const old = fileOf(sent)?.url;
    const first = await statusOf(old);
    await clock.advance(DAY_MS + 1_000);

    const late = await statusOf(old);
    const read = fileOf(await channel.messages.fetch({ message: sent.id, force: true }))?.url;
    const listed = (await channel.messages.fetch({ limit: 1, cache: false })).first();

    expect(old).toMatch(/\?ex=[0-9a-f]{8}&is=[0-9a-f]{8}&hm=[0-9a-f]{64}&$/);
    expect([first, late]).toEqual([200, 404]);
    expect([await statusOf(read), await statusOf(listed && fileOf(listed)?.url)]).toEqual([200, 200]);
  });

  it.each([
    ['without a signature', (url: string) => url.split('?')[0]],
    ['of another file', (url: string) => url.replace('a.txt', 'b.txt')],
    ['that was made to live longer', (url: string) => url.replace(/ex=\w+/, 'ex=ffffffff')],
  ])('are refused %s', async (_how, change) => {
    const sent = await channel.send({ files: [FILE] });

    expect(await statusOf(change(fileOf(sent)?.url ?? ''))).toBe(404);
  });

  it('have the proxy on a host of its own', async () => {
    const file = fileOf(await channel.send({ files: [FILE] }));

    expect(new URL(file?.url ?? '').host).toBe(bot.discord.cdnHost);
    expect(new URL(file?.proxyURL ?? '').host).not.toBe(bot.discord.cdnHost);
    expect(await statusOf(file?.proxyURL)).toBe(200);
  });

  it('come signed with events and with what people upload', async () => {
    const received = new Promise<Message>((resolve) => bot.client.once('messageCreate', resolve));
    await channel.send({ files: [FILE] });
    const options = [{ type: 11, name: 'file', description: 'A file', required: true }];
    await bot.client.application.commands.set([{ name: 'try', description: 'Try', options }], ids.guild);
    let uploaded: string | undefined;
    bot.on(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      uploaded = interaction.options.getAttachment('file', true).url;
      await interaction.reply({ files: [FILE] });
    });
    const file = { name: 'b.txt', contentType: 'text/plain', bytes: Buffer.from('x') };

    const seen = await bot.discord.people(ids.member).command(ids.general, { path: 'try', options: { file } });

    expect(await statusOf(fileOf(await received)?.url)).toBe(200);
    expect(await statusOf(uploaded)).toBe(200);
    expect(await statusOf(seen.message?.attachments[0]?.url)).toBe(200);
  });

  it('mean the same file when a component names them again, and links stay as they were sent', async () => {
    const gallery = (url: string) => ({ type: 12, items: [{ media: { url } }] });
    const sent = await channel.send({ files: [FILE] });
    const url = fileOf(sent)?.url ?? '';
    const stale = url.replace(/hm=\w+/, 'hm=0');
    const row = { type: 1, components: [{ type: 2, style: 5, label: 'Open', url: stale }] };

    const edited = await sent.edit({ content: null, flags: 1 << 15, components: [gallery(url), row] as never });

    const [shown, links] = edited.components.map((component) => JSON.stringify(component.toJSON()));
    expect(edited.attachments.size).toBe(0);
    expect(shown).toContain(url);
    expect(links).toContain(stale);
  });

  it('need no signature on the page, which shows a file for as long as it is there', async () => {
    const sent = await channel.send({ files: [FILE] });
    await clock.advance(2 * DAY_MS);
    const { pathname } = new URL(fileOf(sent)?.url ?? '');

    const file = await new StandInPageWorld(bot.discord).file(pathname);

    expect(Buffer.from(file?.bytes ?? []).toString()).toBe('bytes');
  });
});
