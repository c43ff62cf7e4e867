import { afterEach, beforeEach, expect, it } from 'vitest';
import { startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { isLocale, LOCALES } from '../../sandbox/discord/locales.ts';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import type { PageState } from '../../sandbox/page/server/page-api.ts';
import { type ShownPage, showPage } from '../../sandbox/sandbox.ts';
import { post, send } from './page/page-client.ts';

let discord: Awaited<ReturnType<typeof startDiscordStandIn>>;
let shown: ShownPage;

beforeEach(async () => {
  discord = await startDiscordStandIn();
  shown = await showPage(discord, undefined, 0);
});
afterEach(async () => {
  await shown.close();
  await discord.close();
});

async function readState(userId: string): Promise<PageState> {
  return JSON.parse((await send(`${shown.page.url}/api/state?as=${userId}`)).body);
}

it('lets a person choose the language that Discord sends the bot, and nobody else', async () => {
  const choice = { as: ids.member, channelId: ids.general, locale: 'de' };

  const { status } = await post(shown.page, '/api/locale', choice);

  expect(status).toBe(204);
  expect(discord.world.localeOf(ids.member)).toBe('de');
  expect((await readState(ids.member)).me.locale).toBe('de');
  expect((await readState(ids.owner)).me.locale).toBe('en-US');
});

it('offers the languages that Discord has, and refuses any other', async () => {
  const { locales } = await readState(ids.member);

  const { status, body } = await post(shown.page, '/api/locale', {
    as: ids.member,
    channelId: ids.general,
    locale: 'tlh',
  });

  expect(locales).toEqual(LOCALES);
  expect(locales.filter((locale) => !isLocale(locale))).toEqual([]);
  expect([status, body]).toEqual([409, expect.stringContaining('tlh')]);
  expect(discord.world.localeOf(ids.member)).toBe('en-US');
});
