import { ChannelType, type Interaction, type Message } from 'discord.js';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { caughtUp, isWithoutBrowser } from './browser.ts';
import { useBrowser } from './page-suite.ts';
import { type ScriptedBot, startScriptedBot } from './scripted-bot.ts';

const ROW = { type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] };

describe.skipIf(isWithoutBrowser)('a click on what changes', () => {
  let scripted: ScriptedBot;
  beforeAll(async () => {
    scripted = await startScriptedBot();
  });
  afterAll(() => scripted?.close());
  const browser = useBrowser();

  /** A message with one button, and the page in which it is seen. */
  async function begin(): Promise<{ message: Message; page: Page; view: Locator; button: Locator }> {
    const channel = await scripted.bot.client.channels.fetch(ids.showcase);
    if (channel?.type !== ChannelType.GuildText) throw new Error('No text channel');
    const message = await channel.send({ content: 'as it was', components: [ROW] as never });
    const page = await browser().open(`${scripted.shown.page.url}/#${ids.member}/${ids.showcase}`);
    const view = page.locator(`.message[data-id="${message.id}"]`);
    return { message, page, view, button: view.getByRole('button', { name: 'Go' }) };
  }

  it('is not lost where its message is edited between press and release', async () => {
    const { message, page, view, button } = await begin();
    scripted.heard.length = 0;
    await page.locator('.composer-input').focus();
    await button.hover();

    await page.mouse.down();
    await message.edit('as it is now');
    await caughtUp(page);
    await page.mouse.up();

    await expect.poll(() => scripted.heard).toEqual(['press go']);
    await view.getByText('as it is now').waitFor();
    await page.context().close();
  });

  it('shows an edit that comes while a button is held for long', async () => {
    const { message, page, view, button } = await begin();
    await button.hover();

    await page.mouse.down();
    await message.edit('as it is now');

    await view.getByText('as it is now').waitFor();
    await page.context().close();
  });

  it('is seen to be under way until it is answered, though its message is edited meanwhile', async () => {
    const { message, page, view, button } = await begin();
    const heard = Promise.withResolvers<Interaction>();
    scripted.bot.on(async (interaction) => heard.resolve(interaction));
    await button.click();
    const interaction = await heard.promise;

    await message.edit('as it is now');
    await view.getByText('as it is now').waitFor();
    const during = await view.locator('.busy').count();
    if (interaction.isButton()) await interaction.deferUpdate();

    await view.locator('.busy').waitFor({ state: 'detached' });
    expect(during).toBe(1);
    await page.context().close();
  });

  it('on a channel counts more than the channel in which one was when one became another member', async () => {
    const { page } = await begin();

    await page.evaluate((moderator) => {
      const select = document.querySelector<HTMLSelectElement>('.member-select');
      if (select === null) return;
      select.value = moderator;
      select.dispatchEvent(new Event('change'));
      for (const line of document.querySelectorAll<HTMLElement>('.channel'))
        if (line.textContent?.includes('general') === true) line.click();
    }, ids.moderator);

    await expect.poll(() => page.locator('.member-select').inputValue()).toBe(ids.moderator);
    await caughtUp(page);
    await page.locator('.channel-head h1', { hasText: 'general' }).waitFor();
    await page.context().close();
  });
});
