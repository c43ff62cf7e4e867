import { Events, GatewayIntentBits, Locale, type REST, Routes } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { type RealBot, refusalOf, startRealBot } from './real-client.ts';

const NAMES = { de: 'versuch', 'es-ES': 'probar' };
const COMMAND = {
  name: 'try',
  description: 'Try',
  name_localizations: NAMES,
  options: [
    {
      type: 3,
      name: 'kind',
      description: 'Which',
      description_localizations: { de: 'Welche' },
      choices: [{ name: 'short', value: 's', name_localizations: { de: 'kurz' } }],
    },
  ],
};
const ROUTE = Routes.applicationGuildCommands(ids.application, ids.guild);

describe('languages of people, servers and commands', () => {
  let bot: RealBot;
  let rest: REST;

  beforeAll(async () => {
    bot = await startRealBot({}, { intents: [GatewayIntentBits.Guilds] });
    rest = bot.client.rest;
    await rest.put(ROUTE, { body: [COMMAND] });
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  it('sends with each interaction the language of the person and of the server', async () => {
    const seen: unknown[] = [];
    bot.on(async (interaction) => {
      seen.push([interaction.locale, interaction.guildLocale]);
      if (interaction.isChatInputCommand()) await interaction.reply('ok');
    });
    const member = bot.discord.people(ids.member);
    const updated = new Promise((resolve) => bot.client.once(Events.GuildUpdate, (_old, now) => resolve(now)));

    await member.command(ids.general, { path: 'try' });
    member.setLocale('de');
    bot.discord.world.updateGuild(ids.guild, { locale: 'fr' });
    await member.command(ids.general, { path: 'try' });
    const guild = await updated;
    bot.discord.world.updateGuild(ids.guild, { locale: 'en-US' });

    expect(seen).toEqual([
      ['en-US', 'en-US'],
      ['de', 'fr'],
    ]);
    expect(guild).toMatchObject({ id: ids.guild, preferredLocale: 'fr' });
    expect(() => member.setLocale('klingon')).toThrow('Discord has no language klingon');
  });

  it('lists commands without dictionaries, with the texts of the language asked for', async () => {
    const { commands } = bot.client.application;
    const fetch = async (options: object) => {
      const first = (await commands.fetch({ guildId: ids.guild, ...options })).first();
      return [first?.nameLocalized, first?.nameLocalizations];
    };

    const plain = await fetch({});
    const german = await fetch({ locale: Locale.German });
    const mexican = await fetch({ locale: Locale.SpanishLATAM });
    const raw = await rest.get(ROUTE, { headers: { 'Accept-Language': 'xx,de;q=0.8' } });

    expect([plain, german, mexican]).toEqual([
      [null, null],
      ['versuch', null],
      ['probar', null],
    ]);
    expect(raw).toMatchObject([
      {
        name_localized: 'versuch',
        options: [{ name: 'kind', description_localized: 'Welche', choices: [{ value: 's', name_localized: 'kurz' }] }],
      },
    ]);
    expect(JSON.stringify(raw)).not.toContain('localizations');
  });

  it('gives whole dictionaries where they are asked for, and of a single command', async () => {
    const { commands } = bot.client.application;
    const all = await commands.fetch({ guildId: ids.guild, withLocalizations: true });
    const [first] = [...all.values()];

    const one = await commands.fetch(first?.id ?? '', { guildId: ids.guild, force: true });

    expect(first?.nameLocalizations).toEqual(NAMES);
    expect(one.nameLocalizations).toEqual(NAMES);
  });

  it.each([
    ['of a command', { ...COMMAND, name_localizations: { xx: 'x' } }],
    ['of a description', { ...COMMAND, description_localizations: { en: 'x' } }],
    ['of an option', { ...COMMAND, options: [{ ...COMMAND.options[0], name_localizations: { 'de-DE': 'x' } }] }],
    [
      'of a choice',
      {
        ...COMMAND,
        options: [
          {
            type: 3,
            name: 'k',
            description: 'K',
            choices: [{ name: 'a', value: 'a', name_localizations: { q: 'x' } }],
          },
        ],
      },
    ],
  ])('refuses a language that Discord has not, in a name %s', async (_where, body) => {
    expect(await refusalOf(rest.post(ROUTE, { body }))).toEqual({ code: 50035, status: 400 });
  });
});
