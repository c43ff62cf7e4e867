import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask, messageWith, sendCommand } from './typing.ts';

describe.skipIf(isWithoutBrowser)('/jobs and /job in a browser', () => {
  const suite = usePage();

  it.each([
    ['the owner', ids.owner],
    ['a moderator', ids.moderator],
    ['a member', ids.member],
  ])('shows %s what runs, in private', async (_, userId) => {
    const page = await suite.browser.open(suite.rig.at(userId));

    const answer = await ask(page, 'jobs');
    expect(await answer.textContent()).toMatch(/\d+ running jobs?/);
    expect(await answer.textContent()).toContain('Only you can see this');
    await page.context().close();
  });

  it('shows a finished job with its pictures, and opens one large', async () => {
    suite.rig.finishedGrid('a heron in the reeds');
    const page = await suite.browser.open(suite.rig.at(ids.moderator));
    const jobid = suite.rig.useapi.world.list().at(-1)?.jobid ?? '';

    const card = await ask(page, 'job show', { job: jobid });

    await card.locator('.media img').first().waitFor();
    const drawn = await card
      .locator('.media img')
      .first()
      .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));
    expect(drawn).toBeGreaterThan(0);
    expect(await card.getByRole('button', { name: 'U2' }).count()).toBe(1);
    await card.locator('button.media').first().click();
    await page.locator('dialog.lightbox[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('suggests jobs while one types, and takes one by the keyboard', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member));
    await ask(page, 'jobs');

    await page.keyboard.type('/job show');
    await page.keyboard.press('Enter');
    await page.keyboard.type('tram');
    // What the list offered before the word was typed has other lines, and another one that Enter takes.
    await page.locator('.command-lists .picker-line.active', { hasText: 'tram' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');

    await messageWith(page, 'a tram climbing through fog').locator('.components').waitFor();
    await page.context().close();
  });

  it('refuses a command whose required option is missing, before anything is sent', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member, ids.thread));

    await sendCommand(page, 'job show');

    await page.locator('.command-hint.wrong', { hasText: 'is required' }).waitFor();
    expect(await page.locator('.flow > .message').count()).toBe(0);
    await page.context().close();
  });

  it('keeps a dismissed answer away, also after a reload, and comes back to the same channel', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.moderator, ids.showcase));
    const answer = await ask(page, 'jobs');

    await answer.getByRole('button', { name: 'Dismiss message' }).click();
    await answer.waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('.channel-start').waitFor();

    expect(await page.locator('.channel-head h1').textContent()).toBe('showcase');
    expect(await page.locator('.member-select').inputValue()).toBe(ids.moderator);
    expect(await page.locator('.flow > .message').count()).toBe(0);
    await page.context().close();
  });

  it('shows nobody the channels and answers of another', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member));
    await ask(page, 'jobs');

    const other = await suite.browser.open(suite.rig.at(ids.outsider, ids.general));

    expect(await other.locator('.server-name').textContent()).toBe('Another Server');
    expect(await other.getByRole('button', { name: /moderation/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /moderation/ }).count()).toBe(0);
    await page.context().close();
    await other.context().close();
  });
});
