import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  ComponentType,
  type Interaction,
  MessageFlags,
} from 'discord.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';
import { type RealBot, refusalOf, startRealBot } from '../real-client.ts';

const commands = [
  {
    name: 'try',
    description: 'Everything',
    options: [
      { type: 3, name: 'text', description: 'Text', autocomplete: true, max_length: 5 },
      { type: 4, name: 'count', description: 'Count', min_value: 1, max_value: 5 },
      { type: 3, name: 'kind', description: 'Kind', choices: [{ name: 'Image', value: 'image' }] },
      { type: 6, name: 'who', description: 'Who' },
      { type: 7, name: 'where', description: 'Where', channel_types: [0] },
      { type: 8, name: 'role', description: 'Role' },
    ],
  },
  { name: 'must', description: 'Required', options: [{ type: 3, name: 'job', description: 'Job', required: true }] },
  { name: 'manage', description: 'Managers', default_member_permissions: '32' },
  { type: 3, name: 'Job details' },
  { type: 2, name: 'Usage' },
];

const row = (...components: object[]) => [{ type: ComponentType.ActionRow as const, components }] as never;
const button = { type: 2, style: 1, label: 'Press', custom_id: 'press' };

describe('interactions of the real discord.js', () => {
  let bot: RealBot;
  const member = () => bot.discord.people(ids.member);
  const slash = (handler: (interaction: ChatInputCommandInteraction) => Promise<unknown>) =>
    bot.on(async (interaction) => (interaction.isChatInputCommand() ? handler(interaction) : undefined));

  beforeAll(async () => {
    bot = await startRealBot();
    await bot.client.application.commands.set(commands as never);
  });

  beforeEach(() => {
    bot.thrown.length = 0;
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  /** Answers /try with a message and gives that message. */
  async function post(payload: object, asUserId: string = ids.member) {
    slash((interaction) => interaction.reply(payload));
    const seen = await bot.discord.people(asUserId).command(ids.general, { path: 'try' });
    expect(bot.thrown).toEqual([]);
    return seen.message?.id ?? '';
  }

  it('resolves users, channels and roles of options', async () => {
    let got: unknown[] = [];
    slash(async (interaction) => {
      got = [
        interaction.options.getInteger('count'),
        interaction.options.getUser('who')?.username,
        interaction.options.getChannel('where')?.name,
        interaction.options.getRole('role')?.name,
        interaction.memberPermissions?.has('ManageMessages'),
        interaction.appPermissions.has('SendMessages'),
        interaction.attachmentSizeLimit,
      ];
      await interaction.reply('ok');
    });
    const options = { count: 3, who: ids.moderator, where: ids.showcase, role: ids.artistRole };

    const seen = await member().command(ids.general, { path: 'try', options });

    expect(bot.thrown).toEqual([]);
    expect(got).toEqual([3, 'marek', 'showcase', 'Artist', false, true, 10_485_760]);
    expect(seen).toMatchObject({ state: 'answered', message: { content: 'ok', type: 20 } });
    expect(seen.acknowledgedAfterMs).toBeGreaterThan(0);
  });

  it.each([
    [{ path: 'try', options: { count: 9 } }, 'invalid-option'],
    [{ path: 'try', options: { count: '3' } }, 'invalid-option'],
    [{ path: 'try', options: { kind: 'video' } }, 'invalid-option'],
    [{ path: 'try', options: { text: 'longer' } }, 'invalid-option'],
    [{ path: 'try', options: { where: ids.forum } }, 'invalid-option'],
    [{ path: 'try', options: { where: ids.moderation } }, 'invalid-option'],
    [{ path: 'try', options: { nothing: 1 } }, 'unknown-option'],
    [{ path: 'must' }, 'missing-option'],
    [{ path: 'nope' }, 'unknown-command'],
    [{ path: 'manage' }, 'not-allowed'],
  ])('refuses %j before sending: %s', async (typed, reason) => {
    const sent = bot.discord.requests.of('INTERACTION_CREATE').length;

    await expect(member().command(ids.general, typed)).rejects.toMatchObject({ reason });

    expect(bot.discord.requests.of('INTERACTION_CREATE')).toHaveLength(sent);
  });

  it('keeps no token of an interaction in the log', async () => {
    let token = '';
    slash(async (interaction) => {
      token = interaction.token;
      await interaction.reply('ok');
    });
    await member().command(ids.general, { path: 'try' });

    expect(token).not.toBe('');
    expect(JSON.stringify(bot.discord.requests.list())).not.toContain(token);
  });

  it('offers a command only to those with its default permissions, and nobody a channel they cannot see', async () => {
    const offered = (userId: string) => bot.discord.people(userId).commands(ids.general).length;

    expect(offered(ids.owner) - offered(ids.member)).toBe(1);
    await expect(member().command(ids.moderation, { path: 'try' })).rejects.toMatchObject({
      reason: 'unknown-channel',
    });
    await expect(member().command(ids.otherGeneral, { path: 'try' })).rejects.toMatchObject({
      reason: 'unknown-channel',
    });
  });

  it('gives autocomplete the focused option and shows its choices', async () => {
    bot.on(async (interaction) => {
      const { name, value } = (interaction as AutocompleteInteraction).options.getFocused(true);
      await (interaction as AutocompleteInteraction).respond([{ name: `${name} ${value}`, value: 'v' }]);
    });

    const choices = await member().autocomplete(ids.general, { path: 'try', options: { text: 'ab' } }, 'text');

    expect(choices).toEqual([{ name: 'text ab', value: 'v' }]);
  });

  it('shows a press as the update of the pressed message', async () => {
    const messageId = await post({ content: 'one', components: row(button) });
    bot.on(async (interaction) => (interaction as ButtonInteraction).update({ content: 'two' }));

    const seen = await bot.discord.people(ids.moderator).press(messageId, 'press');

    expect(seen).toMatchObject({ state: 'updated', message: { id: messageId, content: 'two' } });
    expect(seen.message?.components).toHaveLength(1);
  });

  it('waits for the edit after a deferred update, and shows private follow-ups to one person', async () => {
    const messageId = await post({ content: 'one', components: row(button) });
    bot.on(async (interaction) => {
      if (!interaction.isButton()) return;
      await interaction.deferUpdate();
      await interaction.editReply('edited');
      await interaction.followUp({ content: 'psst', flags: MessageFlags.Ephemeral });
    });
    const seen = await member().press(messageId, 'press');
    await bot.idle();

    expect(seen).toMatchObject({ state: 'updated', message: { content: 'edited' } });
    const contents = (userId: string) =>
      bot.discord
        .people(userId)
        .messages(ids.general)
        .map(({ content }) => content);
    expect(contents(ids.member)).toContain('psst');
    expect(contents(ids.moderator)).not.toContain('psst');
  });

  it('stops to show that it waits at the first answer, whatever was promised', async () => {
    const hasty = bot.discord.people(ids.member, 'first-answer');
    const messageId = await post({ content: 'one', components: row(button) });
    bot.on(async (interaction) => (interaction as ButtonInteraction).deferUpdate());
    const quiet = await hasty.press(messageId, 'press');
    bot.on(async (interaction) => (interaction as ButtonInteraction).deferReply());
    const promised = await hasty.press(messageId, 'press');

    expect(quiet).toMatchObject({ state: 'updated', message: { content: 'one', edited_timestamp: null } });
    expect(promised.state).toBe('thinking');
    expect(promised.message?.flags).toBe(MessageFlags.Loading);
  });

  it('cannot press what is disabled, unknown, or on a private answer of someone else', async () => {
    const disabled = await post({ content: 'x', components: row({ ...button, disabled: true }) });
    const secret = await post({ content: 'x', components: row(button), flags: MessageFlags.Ephemeral });

    await expect(member().press(disabled, 'press')).rejects.toMatchObject({ reason: 'disabled-component' });
    await expect(member().press(disabled, 'other')).rejects.toMatchObject({ reason: 'unknown-component' });
    await expect(bot.discord.people(ids.owner).press(secret, 'press')).rejects.toMatchObject({
      reason: 'unknown-message',
    });
    await expect(member().messageCommand(secret, 'Job details')).rejects.toMatchObject({ reason: 'not-allowed' });
  });

  it('selects only what is offered and resolves what is chosen', async () => {
    const texts = { type: 3, custom_id: 'pick', options: [{ label: 'A', value: 'a' }] };
    const picked = await post({ content: 'x', components: row(texts) });
    const roles = await post({ content: 'x', components: row({ type: 6, custom_id: 'roles', max_values: 2 }) });
    let got: unknown;
    bot.on(async (interaction) => {
      if (interaction.isStringSelectMenu()) got = interaction.values;
      if (interaction.isRoleSelectMenu()) got = interaction.roles.map((role) => role?.name);
      if (interaction.isMessageComponent()) await interaction.reply('ok');
    });

    await member().select(picked, 'pick', ['a']);
    expect(got).toEqual(['a']);
    await member().select(roles, 'roles', [ids.artistRole, ids.adminRole]);
    expect(got).toEqual(['Artist', 'Admin']);
    await expect(member().select(picked, 'pick', ['b'])).rejects.toMatchObject({ reason: 'invalid-value' });
    await expect(member().select(picked, 'pick', [])).rejects.toMatchObject({ reason: 'invalid-value' });
  });

  it('calls context menu commands on a message and on a member', async () => {
    const messageId = await post({ content: 'target' });
    bot.on(async (interaction: Interaction) => {
      if (interaction.isMessageContextMenuCommand()) await interaction.reply(`on ${interaction.targetMessage.content}`);
      if (interaction.isUserContextMenuCommand()) await interaction.reply(`on ${interaction.targetUser.username}`);
    });

    const onMessage = await member().messageCommand(messageId, 'Job details');
    const onUser = await member().userCommand(ids.general, ids.owner, 'Usage');

    expect(onMessage.message).toMatchObject({
      content: 'on target',
      type: 23,
      message_reference: { message_id: messageId },
    });
    expect(onUser.message?.content).toBe('on olga');
  });

  it('refuses a second first answer with 40060', async () => {
    let second: unknown;
    slash(async (interaction) => {
      await interaction.reply('first');
      const route = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
      second = await refusalOf(bot.client.rest.post(route, { body: { type: 4, data: { content: 'x' } }, auth: false }));
    });

    await member().command(ids.general, { path: 'try' });
    await bot.idle();

    expect(second).toEqual({ code: 40060, status: 400 });
  });

  it('fills the deferred answer with the first follow-up, which stays public as promised', async () => {
    slash(async (interaction) => {
      await interaction.deferReply();
      await interaction.followUp({ content: 'filled', flags: MessageFlags.Ephemeral });
    });

    const seen = await member().command(ids.general, { path: 'try' });

    expect(seen).toMatchObject({ state: 'answered', followUps: [], message: { content: 'filled', flags: 0 } });
  });

  it('gives with_response, and lets @original be read and deleted', async () => {
    const got: unknown[] = [];
    slash(async (interaction) => {
      const response = await interaction.reply({ content: 'gone soon', withResponse: true });
      got.push(response.resource?.message?.content, (await interaction.fetchReply()).content);
      await interaction.deleteReply();
      got.push(await refusalOf(interaction.fetchReply()));
    });

    const seen = await member().command(ids.general, { path: 'try' });
    await bot.idle();

    expect(got).toEqual(['gone soon', 'gone soon', { code: 10008, status: 404 }]);
    expect(seen.message).toBeUndefined();
  });
});
