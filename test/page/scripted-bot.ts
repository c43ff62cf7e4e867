import { readFileSync } from 'node:fs';
import {
  AttachmentBuilder,
  ChannelType,
  type Interaction,
  type MessageComponentInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
} from 'discord.js';
import sharp from 'sharp';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { type ShownPage, showPage } from '../../sandbox/sandbox.ts';
import { type RealBot, startRealBot } from '../sandbox/discord/real-client.ts';

const V2 = MessageFlags.IsComponentsV2;
export const clip = readFileSync(new URL('../../sandbox/midjourney/assets/clip.mp4', import.meta.url));

/** A bot that shows everything Discord has, whatever our own bot uses of it. */
export interface ScriptedBot {
  readonly bot: RealBot;
  readonly shown: ShownPage;
  /** What people did: `press go`, `select users 1,2`. */
  readonly heard: string[];
  close(): Promise<void>;
}

const COMMANDS = [
  {
    name: 'upload',
    description: 'Takes a file',
    options: [
      { type: 11, name: 'file', description: 'Any file', required: true },
      { type: 3, name: 'kind', description: 'Which kind', choices: [{ name: 'Mask', value: 'mask' }] },
      { type: 10, name: 'weight', description: 'How much', min_value: 0.5, max_value: 2 },
    ],
  },
  { name: 'form', description: 'Opens a form' },
  { name: 'slow', description: 'Never answers' },
  { name: 'Inspect', type: 3 },
];

export async function startScriptedBot(): Promise<ScriptedBot> {
  const bot = await startRealBot({ answerWithinMs: 8_000, patienceMs: 60_000 });
  const heard: string[] = [];
  const shown = await showPage(bot.discord, undefined, 0);
  await bot.client.application.commands.set(COMMANDS, ids.guild);
  bot.on((interaction) => answer(interaction, heard));
  return {
    bot,
    shown,
    heard,
    async close() {
      await shown.close();
      await bot[Symbol.asyncDispose]();
    },
  };
}

async function answer(interaction: Interaction, heard: string[]): Promise<void> {
  if (interaction.isChatInputCommand() && interaction.commandName === 'form') {
    await interaction.showModal(FORM as never);
  } else if (interaction.isChatInputCommand() && interaction.commandName === 'upload') {
    const file = interaction.options.getAttachment('file', true);
    const kind = interaction.options.getString('kind');
    await interaction.reply({
      content: `got ${file.name} of ${file.size} bytes, ${kind}, ${interaction.options.getNumber('weight')}`,
    });
  } else if (interaction.isMessageContextMenuCommand()) {
    await interaction.reply({
      content: `inspected: ${interaction.targetMessage.content}`,
      flags: MessageFlags.Ephemeral,
    });
  } else if (interaction.isModalSubmit()) {
    heard.push(`form ${describeForm(interaction)}`);
    await interaction.reply({ content: 'thank you', flags: MessageFlags.Ephemeral });
  } else if (interaction.isButton() && interaction.customId === 'quiet') {
    heard.push('press quiet');
    await interaction.deferUpdate();
  } else if (interaction.isButton()) {
    heard.push(`press ${interaction.customId}`);
    await interaction.update({ components: sameAs(interaction) });
  } else if (interaction.isAnySelectMenu()) {
    heard.push(`select ${interaction.customId} ${interaction.values.join()}`);
    await interaction.update({ components: sameAs(interaction) });
  }
}

/** A message's components as they are: an answer that changes nothing. */
function sameAs({ message }: MessageComponentInteraction) {
  return message.components.map((component) => component.toJSON());
}

function describeForm(interaction: ModalSubmitInteraction): string {
  const raw = JSON.stringify(
    interaction.fields.fields.map((field) => ('value' in field ? field.value : 'values' in field ? field.values : '')),
  );
  return raw.replace(/\d{17,20}/g, 'id');
}

const FORM = {
  custom_id: 'form',
  title: 'Everything a form has',
  components: [
    { type: 10, content: 'Some **words** before.' },
    { type: 18, label: 'Name', component: { type: 4, custom_id: 'name', style: 1, min_length: 3, max_length: 20 } },
    {
      type: 18,
      label: 'Story',
      description: 'Long',
      component: { type: 4, custom_id: 'story', style: 2, required: false },
    },
    {
      type: 18,
      label: 'Colour',
      component: {
        type: 3,
        custom_id: 'colour',
        options: [
          { label: 'Red', value: 'red' },
          { label: 'Blue', value: 'blue' },
        ],
      },
    },
    { type: 18, label: 'File', component: { type: 19, custom_id: 'file', max_values: 2, required: false } },
  ],
};

/** Posts one of everything into #showcase. */
export async function postEverything({ bot }: ScriptedBot): Promise<void> {
  const channel = await bot.client.channels.fetch(ids.showcase);
  if (channel?.type !== ChannelType.GuildText) throw new Error('No text channel');
  const picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#3ba55c' } })
    .png()
    .toBuffer();
  for (let count = 1; count <= 10; count += 1) {
    const files = Array.from(
      { length: count },
      (_, index) => new AttachmentBuilder(picture, { name: `p${index}.png` }),
    );
    const items = files.map((file) => ({
      media: { url: `attachment://${file.name}` },
      description: `Picture ${file.name}`,
    }));
    await channel.send({ flags: V2, files, components: [{ type: 17, components: [{ type: 12, items }] }] as never });
  }
  await channel.send({ flags: V2, files: mixedFiles(picture), components: MIXED as never });
  await channel.send({ flags: V2, components: CONTROLS as never });
  await channel.send({ content: `Hello <@&${ids.artistRole}>`, allowedMentions: { roles: [ids.artistRole] } });
}

function mixedFiles(picture: Buffer): AttachmentBuilder[] {
  return [
    new AttachmentBuilder(picture, { name: 'small.png' }),
    new AttachmentBuilder(clip, { name: 'clip.mp4' }),
    new AttachmentBuilder(Buffer.from('{"a":1}'), { name: 'data.json' }),
  ];
}

const MIXED = [
  {
    type: 17,
    accent_color: 0xe91e63,
    components: [
      {
        type: 9,
        components: [{ type: 10, content: '## With a picture' }],
        accessory: { type: 11, media: { url: 'attachment://small.png' } },
      },
      { type: 14, divider: true, spacing: 2 },
      { type: 12, items: [{ media: { url: 'attachment://clip.mp4' }, description: 'A clip' }] },
      { type: 13, file: { url: 'attachment://data.json' } },
      { type: 14, divider: false },
      { type: 10, content: '-# small words ||hidden|| <t:1700000000:R>' },
    ],
  },
];

const CONTROLS = [
  {
    type: 9,
    components: [{ type: 10, content: 'Press it' }],
    accessory: { type: 2, style: 3, label: 'Go', custom_id: 'go' },
  },
  {
    type: 1,
    components: [
      { type: 2, style: 1, label: 'One', custom_id: 'one' },
      { type: 2, style: 4, label: 'Two', custom_id: 'two', disabled: true },
      { type: 2, style: 5, label: 'Docs', url: 'https://example.org/docs' },
      { type: 2, style: 2, emoji: { name: '🔄' }, custom_id: 'again' },
      { type: 2, style: 2, label: 'Quiet', custom_id: 'quiet' },
    ],
  },
  {
    type: 1,
    components: [
      {
        type: 3,
        custom_id: 'words',
        min_values: 1,
        max_values: 2,
        options: ['a', 'b', 'c'].map((value) => ({ label: value, value })),
      },
    ],
  },
  { type: 1, components: [{ type: 5, custom_id: 'users' }] },
  { type: 1, components: [{ type: 6, custom_id: 'roles' }] },
  { type: 1, components: [{ type: 7, custom_id: 'both' }] },
  { type: 1, components: [{ type: 8, custom_id: 'channels', channel_types: [0] }] },
];
