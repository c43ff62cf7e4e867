import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { caughtUp, isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask, messageWith, sendCommand } from './typing.ts';

describe.skipIf(isWithoutBrowser)('Back', () => {
  const suite = usePage();

  it('leads to the channel before, and Forward there again', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.owner));
    await openChannel(page, 'showcase');
    await openChannel(page, 'moderation');

    await page.goBack();
    await isIn(page, 'showcase');
    await page.goBack();
    await isIn(page, 'general');
    await page.goForward();

    await isIn(page, 'showcase');
    await page.context().close();
  });

  it('closes what lies open first: a picture, a menu, a list', async () => {
    const jobid = suite.rig.finishedGrid('a crane over a harbour');
    const page = await suite.browser.open(suite.rig.at(ids.owner));
    await openChannel(page, 'showcase');
    await sendCommand(page, 'job show', { job: jobid });
    const card = messageWith(page, 'a crane over a harbour');
    await card.locator('button.media').first().click();
    await page.locator('dialog.lightbox[open]').waitFor();

    await page.goBack();
    await page.locator('dialog.lightbox').waitFor({ state: 'detached' });
    await card.hover();
    await card.locator('.message-menu').click();
    await page.locator('.context-menu').waitFor();
    await page.goBack();
    await page.locator('.context-menu').waitFor({ state: 'detached' });
    await (await ask(page, 'jobs')).locator('.select-box').click();
    await page.locator('.select-panel:not([hidden])').waitFor();
    await page.goBack();
    await page.locator('.select-panel:not([hidden])').waitFor({ state: 'detached' });

    await isIn(page, 'showcase');
    await page.goBack();
    await isIn(page, 'general');
    await page.context().close();
  });

  it('needs no second press for what was closed in another way', async () => {
    const jobid = suite.rig.finishedGrid('a tower of books');
    const page = await suite.browser.open(suite.rig.at(ids.owner));
    await openChannel(page, 'showcase');
    await sendCommand(page, 'job show', { job: jobid });
    await messageWith(page, 'a tower of books').locator('button.media').first().click();
    await page.locator('dialog.lightbox[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => history.state?.layers)).toBe(0);

    await page.goBack();

    await isIn(page, 'general');
    await page.context().close();
  });

  it('leads from a channel that is opened as something closes, and not to the one before', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.owner));
    await ask(page, 'jobs');
    await page.locator('.select-box').last().click();
    await page.locator('.select-panel:not([hidden])').waitFor();

    // In one turn of the page: the browser takes the step back for what closes only after it.
    await page.evaluate(() => {
      const press = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(press);
      for (const line of document.querySelectorAll<HTMLElement>('.channel'))
        if (line.textContent?.includes('showcase') === true) line.click();
    });
    await page.waitForURL(`**/#*/${ids.showcase}`);
    await caughtUp(page);

    await isIn(page, 'showcase');
    await page.goBack();
    await isIn(page, 'general');
    await page.context().close();
  });

  it('closes the drawers of a phone, and a channel picked in one counts as one step', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 390, height: 844 } });
    const isDrawerOpen = () => page.locator('.app').evaluate((app) => app.classList.contains('drawer-open'));
    await page.getByRole('button', { name: /controls and the wire/ }).click();
    await page.locator('#panel').waitFor();

    await page.goBack();
    await page.locator('#panel').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Channels', exact: true }).click();
    await page.goBack();
    await expect.poll(isDrawerOpen).toBe(false);
    await page.getByRole('button', { name: 'Channels', exact: true }).click();
    await openChannel(page, 'showcase');
    await expect.poll(isDrawerOpen).toBe(false);
    await page.goBack();

    await isIn(page, 'general');
    await page.context().close();
  });
});

async function openChannel(page: Page, name: string): Promise<void> {
  await page.locator('.channel', { hasText: name }).click();
  await isIn(page, name);
}

function isIn(page: Page, name: string): Promise<void> {
  return page.locator('.channel-head h1', { hasText: name }).waitFor();
}
