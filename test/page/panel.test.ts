import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { newestAnswer, sendCommand } from './typing.ts';

describe.skipIf(isWithoutBrowser)('the panel in a browser', () => {
  const suite = usePage();

  it('closes with Escape where it lies over the messages, and gives the focus back', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 900, height: 800 } });
    const toggle = page.getByRole('button', { name: /controls and the wire/ });
    await toggle.click();
    await page.getByLabel('Prompt of a new job').focus();

    await page.keyboard.press('Escape');
    await page.locator('#panel').waitFor({ state: 'hidden' });

    expect(await toggle.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.context().close();
  });

  it('shows of the wire only what fits the search', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 1440, height: 900 } });
    await sendCommand(page, 'jobs');
    await newestAnswer(page);
    await page.getByRole('tab', { name: 'Wire' }).click();
    const lines = () => page.locator('.wire-what').allTextContents();
    await expect.poll(async () => (await lines()).some((line) => !line.includes('/callback'))).toBe(true);

    await page.getByRole('searchbox', { name: /^Filter by path/ }).fill('/callback');

    await expect.poll(async () => (await lines()).every((line) => line.includes('/callback'))).toBe(true);
    expect((await lines()).length).toBeGreaterThan(0);
    await page.getByRole('searchbox', { name: /^Filter by path/ }).fill('nothing has this in it');
    await expect.poll(async () => (await lines()).length).toBe(0);
    await page.context().close();
  });
});
