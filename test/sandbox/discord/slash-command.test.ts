import { AttachmentBuilder, type Interaction, MessageFlags } from 'discord.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { type RealBot, startRealBot } from './real-client.ts';

const commands = [
  {
    name: 'job',
    description: 'Jobs',
    options: [
      {
        type: 1,
        name: 'show',
        description: 'Shows a job',
        options: [{ type: 3, name: 'job', description: 'Which', required: true, autocomplete: true }],
      },
    ],
  },
];

describe('a slash command of the real discord.js', () => {
  let bot: RealBot;

  beforeAll(async () => {
    bot = await startRealBot();
    await bot.client.application.commands.set(commands, ids.guild);
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  it('logs in and sees the servers, their channels and what it may do there', () => {
    const guild = bot.client.guilds.cache.get(ids.guild);
    const moderation = guild?.channels.cache.get(ids.moderation);

    expect([...bot.client.guilds.cache.keys()]).toEqual([ids.guild, ids.otherGuild]);
    expect(guild?.channels.cache.map((channel) => channel.name)).toContain('general');
    expect(guild?.roles.cache.get(ids.artistRole)?.mentionable).toBe(true);
    expect(moderation?.permissionsFor(bot.client.user)?.has('SendMessages')).toBe(true);
  });

  it('is answered privately with Components V2 and a picture', async () => {
    const picture = await sharp({ create: { width: 8, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    bot.on(async (interaction: Interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply({
        flags: MessageFlags.IsComponentsV2,
        files: [new AttachmentBuilder(picture, { name: 'grid.png', description: 'a grid' })],
        components: [
          {
            type: 17,
            components: [
              { type: 10, content: `job ${interaction.options.getString('job', true)}` },
              { type: 12, items: [{ media: { url: 'attachment://grid.png' } }] },
              { type: 1, components: [{ type: 2, style: 1, label: 'Refresh', custom_id: 'refresh' }] },
            ],
          },
        ],
      });
    });

    const seen = await bot.discord
      .people(ids.member)
      .command(ids.general, { path: 'job show', options: { job: 'abc' } });

    expect(bot.thrown).toEqual([]);
    expect(seen.state).toBe('answered');
    expect(seen.message?.flags).toBe(MessageFlags.Ephemeral | MessageFlags.IsComponentsV2);
    expect(seen.message?.attachments).toEqual([]);
    const container = seen.message?.components?.[0] as unknown as { components: { items: { media: object }[] }[] };
    const media = container.components[1]?.items[0]?.media as { url: string; width: number; height: number };
    expect(media).toMatchObject({ width: 8, height: 4, content_type: 'image/png' });
    const served = await fetch(media.url);
    expect(Buffer.from(await served.arrayBuffer()).equals(picture)).toBe(true);
    expect(bot.discord.people(ids.moderator).messages(ids.general)).toEqual([]);
    expect(bot.discord.people(ids.member).messages(ids.general)).toHaveLength(1);
  });
});
