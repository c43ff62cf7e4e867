import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { scan } from './axe-scan.ts';
import { isWithoutBrowser } from './browser.ts';
import { useBrowser } from './page-suite.ts';
import { postEverything, type ScriptedBot, startScriptedBot } from './scripted-bot.ts';
import { answerTo, fillOption, openCommand, sendCommand } from './typing.ts';
import { failures, settle } from './walk.ts';

const TEXT_FILE = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') };

describe.skipIf(isWithoutBrowser)('everything that Discord can show, in a browser', () => {
  let scripted: ScriptedBot;

  beforeAll(async () => {
    scripted = await startScriptedBot();
    await postEverything(scripted);
  });
  afterEach(() => {
    scripted.heard.length = 0;
  });
  afterAll(() => scripted?.close());
  const browser = useBrowser();

  const openAs = (userId: string, channelId: string): Promise<Page> =>
    browser().open(`${scripted.shown.page.url}/#${userId}/${channelId}`);

  it('lays out galleries of one to ten pictures within their width', async () => {
    const page = await openAs(ids.member, ids.showcase);

    for (let count = 1; count <= 10; count += 1) {
      const gallery = page.locator(`.gallery-${count}`).first();
      await gallery.scrollIntoViewIfNeeded();
      expect(await gallery.locator('img').count()).toBe(count);
      expect(await isInside(gallery)).toBe(true);
    }
    await page.context().close();
  });

  it('plays a video, offers a file, shows a picture beside text', async () => {
    const page = await openAs(ids.member, ids.showcase);
    const video = page.locator('video');
    await video.scrollIntoViewIfNeeded();

    const playedTo = await video.evaluate(async (element: HTMLVideoElement) => {
      element.muted = true;
      await element.play();
      await new Promise((resolve) => element.addEventListener('timeupdate', resolve, { once: true }));
      return element.duration;
    });

    expect(playedTo).toBeGreaterThan(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'data.json' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('data.json');
    expect(await page.locator('.section .thumbnail img').count()).toBe(1);
    await page.context().close();
  });

  it('hides a spoiler until it is asked for', async () => {
    const page = await openAs(ids.member, ids.showcase);
    const spoiler = page.locator('.spoiler').first();

    await spoiler.focus();
    await page.keyboard.press('Enter');

    expect(await spoiler.getAttribute('class')).toContain('revealed');
    expect(await spoiler.innerText()).toBe('hidden');
    await page.context().close();
  });

  it('sends presses and picks of all kinds', async () => {
    const page = await openAs(ids.owner, ids.showcase);

    for (const label of ['Go', 'One', '🔄']) {
      await page.getByRole('button', { name: label, exact: true }).click();
      await settle(page);
    }
    for (const key of ['users', 'roles', 'both', 'channels']) {
      await page.locator(`[data-key="${key}"]`).click();
      await page.locator('.select-panel:not([hidden]) .picker-line').first().click();
      await settle(page);
    }
    await page.locator('[data-key="words"]').click();
    await page.locator('.select-panel:not([hidden]) .picker-line').nth(0).click();
    await page.locator('.select-panel:not([hidden]) .picker-line').nth(2).click();
    await page.keyboard.press('Escape');
    await settle(page);

    expect(scripted.heard.map((line) => line.replace(/\d{17,20}/, 'id'))).toEqual([
      'press go',
      'press one',
      'press again',
      'select users id',
      'select roles id',
      'select both id',
      'select channels id',
      'select words a,c',
    ]);
    expect(await page.getByRole('button', { name: 'Two' }).isDisabled()).toBe(true);
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('lets go of a control as soon as its press is acknowledged, though nothing follows', async () => {
    const page = await openAs(ids.member, ids.showcase);
    const quiet = page.getByRole('button', { name: 'Quiet' });

    await quiet.click();
    await expect.poll(() => scripted.heard).toEqual(['press quiet']);
    await settle(page);

    // One that is not acknowledged has failed once nobody waits for it any more.
    expect(await quiet.getAttribute('aria-busy')).toBeNull();
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('takes a file as an option, and refuses a number that is too large', async () => {
    const page = await openAs(ids.member, ids.general);
    await openCommand(page, 'upload');
    await page.locator('.option input[type="file"]').setInputFiles(TEXT_FILE);
    await fillOption(page, 'weight', '5');
    await page.getByRole('button', { name: 'Send /upload' }).click();
    const refused = await page.locator('.command-hint.wrong').textContent();

    await fillOption(page, 'weight', '1.5');
    const answer = await answerTo(page, () => page.getByRole('button', { name: 'Send /upload' }).click());

    expect(refused).toContain('must be at most 2');
    expect(await answer.textContent()).toContain('got notes.txt of 5 bytes, null, 1.5');
    await page.context().close();
  });

  it('fills in a form, says what is missing, and sends texts, picks and files', async () => {
    const page = await openAs(ids.member, ids.general);
    await sendCommand(page, 'form');
    const form = page.locator('dialog.modal[open]');
    await form.getByLabel('Name').last().fill('ab');
    await form.getByRole('button', { name: 'Submit' }).click();
    const missing = await form.locator('.failure').textContent();

    await form.getByLabel('Name').last().fill('abc');
    await form.locator('.select-box').click();
    await form.locator('.picker-line', { hasText: 'Blue' }).click();
    await form.locator('input[type="file"]').setInputFiles([TEXT_FILE]);
    await form.getByRole('button', { name: 'Submit' }).click();
    await form.waitFor({ state: 'detached' });

    expect(missing).toBe('Name: at least 3 characters');
    expect(scripted.heard).toEqual([`form ${JSON.stringify(['abc', '', ['blue'], ['id']])}`]);
    await page.context().close();
  });

  it.each(['dark', 'light'] as const)(
    'has no serious finding in forms, pictures and all components: %s',
    async (colorScheme) => {
      const page = await browser().open(`${scripted.shown.page.url}/#${ids.member}/${ids.showcase}`, { colorScheme });
      const found = [...(await scan(page))];
      await page.locator('button.media').last().click();
      await page.locator('dialog.lightbox[open]').waitFor();
      found.push(...(await scan(page)));
      await page.keyboard.press('Escape');
      await page.locator('dialog.lightbox').waitFor({ state: 'detached' });
      await page.locator('.message').last().click({ button: 'right' });
      await page.locator('.context-menu').waitFor();
      found.push(...(await scan(page)));
      await page.keyboard.press('Escape');
      await sendCommand(page, 'form');
      await page.locator('dialog.modal[open]').waitFor();
      found.push(...(await scan(page)));

      expect(found).toEqual([]);
      await page.context().close();
    },
  );

  it('calls a command on a message from its menu', async () => {
    const page = await openAs(ids.moderator, ids.showcase);
    scripted.bot.discord.people(ids.member).send(ids.showcase, 'what is this');

    await page.locator('.message', { hasText: 'what is this' }).click({ button: 'right' });
    await page.locator('.context-menu .picker-line', { hasText: 'Inspect' }).click();

    const answer = page.locator('.message.ephemeral', { hasText: 'inspected: what is this' });
    await expect.poll(() => answer.locator('.invocation').textContent()).toMatch(/ used Inspect$/);
    await page.context().close();
  });

  it('shows an interaction that nobody answers as failed', async () => {
    const page = await openAs(ids.member, ids.general);

    await sendCommand(page, 'slow');

    await page.locator('.thinking').waitFor();
    await page.locator('.failure', { hasText: 'The application did not respond' }).waitFor();
    await page.context().close();
  });

  it('counts mentions for one who looks elsewhere, highlights them, and forgets them once seen', async () => {
    const page = await openAs(ids.member, ids.general);
    const channel = await scripted.bot.client.channels.fetch(ids.showcase);
    if (channel?.isSendable() !== true) throw new Error('No channel');
    await channel.send({ content: `Look <@&${ids.artistRole}>`, allowedMentions: { roles: [ids.artistRole] } });
    await page.locator('.channel', { hasText: 'showcase' }).locator('.badge').waitFor();

    await page.getByRole('button', { name: /^showcase, \d+ unread/ }).click();
    await page.locator('.message.mentioned', { hasText: 'Look @Artist' }).waitFor();
    await page.locator('.channel .badge').waitFor({ state: 'detached' });

    await expect.poll(() => page.locator('.channel.unread').count()).toBe(0);
    await page.context().close();
  });

  it('shows what a message replies to, and leads there', async () => {
    const page = await openAs(ids.member, ids.showcase);
    const channel = await scripted.bot.client.channels.fetch(ids.showcase);
    if (channel?.isSendable() !== true) throw new Error('No channel');
    const asked = await channel.send(`## Is **anybody** there, <@${ids.owner}>?`);
    for (let count = 0; count < 30; count += 1) await channel.send(`line ${count}`);

    await asked.reply('I am');
    const reply = page.locator('.message', { hasText: 'I am' });
    await reply.getByRole('button', { name: /^Go to the message.*: Is anybody there, @Olga \(owner\)\?$/ }).click();

    await page.locator(`.message.found[data-id="${asked.id}"]`).waitFor();
    const found = page.locator(`.message[data-id="${asked.id}"]`);
    await expect.poll(() => found.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThan(0);
    await page.context().close();
  });

  it('opens a direct message from the bot, and threads and posts that it opens', async () => {
    const page = await openAs(ids.member, ids.general);
    const user = await scripted.bot.client.users.fetch(ids.member);
    await user.send('psst');
    const forum = await scripted.bot.client.channels.fetch(ids.forum);
    if (forum === null || !('threads' in forum)) throw new Error('No forum');
    await forum.threads.create({ name: 'A first post', message: { content: 'in the post' } } as never);

    await page.getByRole('button', { name: /^Direct messages/ }).click();
    await page.locator('.message', { hasText: 'psst' }).waitFor();
    await page.getByRole('button', { name: /^Midjourney Studio/ }).click();
    await page.getByRole('button', { name: /^gallery/ }).click();
    await page.locator('.post', { hasText: 'A first post' }).click();
    await page.locator('.message', { hasText: 'in the post' }).waitFor();

    await page.context().close();
  });

  it('keeps a list open while its message is edited, and shows the edit afterwards', async () => {
    const page = await openAs(ids.member, ids.showcase);
    await page.locator('[data-key="words"]').click();
    const channel = await scripted.bot.client.channels.fetch(ids.showcase);
    if (channel === null || !('messages' in channel)) throw new Error('No channel');
    const id = await page.locator('.message:has([data-key="words"])').getAttribute('data-id');
    const message = await channel.messages.fetch(id ?? '');
    const components = message.components.map((component) => component.toJSON());

    await message.edit({ components: [...components, { type: 10, content: 'edited meanwhile' }] as never });
    await expect
      .poll(() => page.evaluate(() => document.querySelectorAll('.select-panel:not([hidden])').length))
      .toBe(1);
    await page.keyboard.press('Escape');

    await page.locator('.message', { hasText: 'edited meanwhile' }).waitFor();
    await page.context().close();
  });
});

/** Whether nothing of an element sticks out of the messages at the right. */
function isInside(view: Locator): Promise<boolean> {
  return view.evaluate((element) => {
    const list = document.querySelector('.messages');
    return list !== null && element.getBoundingClientRect().right <= list.getBoundingClientRect().right;
  });
}
