import { AttachmentBuilder, ChannelType, MessageFlags } from 'discord.js';
import type { Page, Route } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { isWithoutBrowser } from './browser.ts';
import { useBrowser } from './page-suite.ts';
import { clip, type ScriptedBot, startScriptedBot } from './scripted-bot.ts';
import { fillOption, openCommand, sendCommand } from './typing.ts';

describe.skipIf(isWithoutBrowser)('messages in a browser', () => {
  let scripted: ScriptedBot;

  beforeAll(async () => {
    scripted = await startScriptedBot();
  });
  afterAll(() => scripted?.close());
  const browser = useBrowser();

  const openAs = (userId: string, channelId: string): Promise<Page> =>
    browser().open(`${scripted.shown.page.url}/#${userId}/${channelId}`);

  async function channelOf(channelId: string) {
    const channel = await scripted.bot.client.channels.fetch(channelId);
    if (channel?.type !== ChannelType.GuildText) throw new Error('No text channel');
    return channel;
  }

  it('follows a link to a message inside the page, and shows which one it is', async () => {
    const far = await channelOf(ids.showcase);
    const goal = await far.send('the goal');
    for (let count = 0; count < 40; count += 1) await far.send(`after it ${count}`);
    const near = await channelOf(ids.general);
    await near.send(`look at ${goal.url}`);
    const page = await openAs(ids.member, ids.general);

    await page.locator(`.message a[href="${goal.url}"]`).click();

    await page.locator(`.message.found[data-id="${goal.id}"]`).waitFor();
    const top = async () => (await page.locator(`.message[data-id="${goal.id}"]`).boundingBox())?.y;
    await expect.poll(top).toBeGreaterThan(0);
    expect(await page.locator('.channel-head h1').textContent()).toBe('showcase');
    expect(page.context().pages()).toHaveLength(1);
    await page.context().close();
  });

  it('lets other links open elsewhere, and gives the other side nothing', async () => {
    const channel = await channelOf(ids.showcase);
    await channel.send('see https://example.org/a-page');
    const page = await openAs(ids.member, ids.showcase);

    const link = page.locator('.message a[href="https://example.org/a-page"]');

    expect(await link.getAttribute('rel')).toContain('noreferrer');
    expect(await link.getAttribute('target')).toBe('_blank');
    await page.context().close();
  });

  it('shows a failed command to the one who sent it only, under that name', async () => {
    const page = await openAs(ids.member, ids.general);
    const name = await page.locator('.member-select option:checked').textContent();
    await sendCommand(page, 'slow');
    await page.locator('.message.local .failure').waitFor();
    const line = await page.locator('.message.local .invocation').textContent();

    await page.locator('.member-select').selectOption(ids.moderator);
    await page.locator('.message.local').waitFor({ state: 'detached' });
    await page.locator('.member-select').selectOption(ids.member);
    await page.locator('.message.local').waitFor();

    expect(line).toBe(`${name} used /slow`);
    expect(await page.locator('.message.local .invocation').textContent()).toBe(line);
    await page.context().close();
  });

  it('gives the message after a dismissed one its author and time, and keeps the focus', async () => {
    scripted.bot.discord.people(ids.owner).send(ids.general, 'somebody else, so that what follows begins anew');
    const page = await openAs(ids.member, ids.general);
    await sendCommand(page, 'form');
    await page.locator('dialog.modal[open]').getByLabel('Name').last().fill('abc');
    await page.locator('dialog.modal[open] .select-box').click();
    await page.locator('.picker-line', { hasText: 'Blue' }).click();
    await page.getByRole('button', { name: 'Submit' }).click();
    const answer = page.locator('.message', { hasText: 'thank you' });
    await answer.waitFor();
    const channel = await channelOf(ids.general);
    const next = await channel.send('for everybody');
    const view = page.locator(`.message[data-id="${next.id}"]`);
    await view.waitFor();

    await answer.getByRole('button', { name: 'Dismiss message' }).focus();
    await page.keyboard.press('Enter');
    await answer.waitFor({ state: 'detached' });

    await view.locator('.message-head .author').waitFor();
    await expect.poll(() => focusClass(page)).toBe('messages');
    await page.context().close();
  });

  it('takes a deleted message away', async () => {
    const channel = await channelOf(ids.showcase);
    const message = await channel.send('soon gone');
    const page = await openAs(ids.member, ids.showcase);
    const view = page.locator(`.message[data-id="${message.id}"]`);
    await view.waitFor();

    await message.delete();

    await view.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('shows what is written, edited and deleted while a channel is being read', async () => {
    const far = await channelOf(ids.showcase);
    const [edited, deleted] = [await far.send('as it was'), await far.send('taken away')];
    const page = await openAs(ids.member, ids.general);
    // What is read is older than what the stream says before it arrives.
    const isRead = /\/api\/messages\?.*channel=/;
    const meanwhile = async (route: Route) => {
      const response = await route.fetch();
      await far.send('written meanwhile');
      await edited.edit('as it is now');
      await deleted.delete();
      scripted.bot.discord.people(ids.owner).send(ids.thread, 'heard after those');
      await page.locator('.channel.unread', { hasText: 'Style tests' }).waitFor();
      await route.fulfill({ response });
    };
    await page.route(isRead, meanwhile, { times: 1 });

    await page.getByRole('button', { name: /^showcase/ }).click();
    await page.locator('.channel-head h1', { hasText: 'showcase' }).waitFor();

    await page.locator('.message', { hasText: 'written meanwhile' }).waitFor();
    await page.locator('.message', { hasText: 'as it is now' }).waitFor();
    expect(await page.locator('.message', { hasText: 'taken away' }).count()).toBe(0);
    await page.context().close();
  });

  it('gives the focus back to the message when its menu is closed', async () => {
    const channel = await channelOf(ids.showcase);
    const message = await channel.send('with a menu');
    const page = await openAs(ids.member, ids.showcase);
    await page.locator(`.message[data-id="${message.id}"] .message-menu`).focus();
    await page.keyboard.press('Enter');
    await page.locator('.context-menu').waitFor();

    await page.keyboard.press('Escape');
    await page.locator('.context-menu').waitFor({ state: 'detached' });

    await expect.poll(() => focusClass(page)).toBe('message-menu');
    await page.context().close();
  });

  it.each(['Enter', 'Space'])('uncovers a hidden picture, video and text with %s, and not before', async (key) => {
    const channel = await channelOf(ids.showcase);
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#3ba55c' } })
      .png()
      .toBuffer();
    const files = [
      new AttachmentBuilder(picture, { name: 'SPOILER_p.png' }),
      new AttachmentBuilder(clip, { name: 'SPOILER_c.mp4' }),
    ];
    const message = await channel.send({ content: '||hidden words||', files });
    const page = await openAs(ids.member, ids.showcase);
    const view = page.locator(`.message[data-id="${message.id}"]`);
    await view.waitFor();
    const covered = () => view.locator('.media-spoiler, .spoiler:not(.revealed)').count();
    const before = await covered();

    for (let left = before; left > 0; left -= 1) {
      await view.getByRole('button', { name: 'Spoiler' }).first().focus();
      await page.keyboard.press(key);
      await expect.poll(covered).toBe(left - 1);
    }

    expect(before).toBe(3);
    expect(await page.locator('dialog.lightbox').count()).toBe(0);
    expect(await focusClass(page)).not.toContain('messages');
    await page.context().close();
  });

  it('shows a picture from elsewhere as a link and does not ask for it', async () => {
    const channel = await channelOf(ids.showcase);
    const items = [{ media: { url: 'https://example.org/outside.png' } }];
    const message = await channel.send({
      flags: MessageFlags.IsComponentsV2,
      components: [{ type: 12, items }] as never,
    });
    const page = await openAs(ids.member, ids.showcase);
    const view = page.locator(`.message[data-id="${message.id}"]`);

    await view.locator('.media.outside a').waitFor();

    expect(await view.locator('img').count()).toBe(0);
    await page.context().close();
  });

  it('counts relative times on by themselves', async () => {
    const channel = await channelOf(ids.showcase);
    const message = await channel.send(`<t:${Math.floor(Date.now() / 1000) - 5}:R>`);
    const page = await openAs(ids.member, ids.showcase);
    const time = page.locator(`.message[data-id="${message.id}"] .timestamp`);
    const first = await time.textContent();

    await expect.poll(() => time.textContent()).not.toBe(first);

    expect(first).toMatch(/seconds ago$/);
    await page.context().close();
  });

  it('lists no archived thread among the channels', async () => {
    const channel = await channelOf(ids.general);
    const thread = await channel.threads.create({ name: 'old talk', type: ChannelType.PublicThread });
    const page = await openAs(ids.member, ids.general);
    const line = page.locator('.channel', { hasText: 'old talk' });
    await line.waitFor();

    await thread.setArchived(true);

    await line.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it.each([
    ['weight', '0.1', 'must be at least 0.5'],
    ['kind', 'Nothing of it', 'must be one of the list'],
  ])('refuses a value that its option does not take: %s', async (name, value, problem) => {
    const page = await openAs(ids.member, ids.general);
    await openCommand(page, 'upload');
    const buffer = Buffer.from('hello');
    await page
      .locator('.option input[type="file"]')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer });
    await fillOption(page, name, value);

    await page.getByRole('button', { name: 'Send /upload' }).click();

    expect(await page.locator('.command-hint.wrong').textContent()).toContain(problem);
    await page.context().close();
  });
});

function focusClass(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.className);
}
