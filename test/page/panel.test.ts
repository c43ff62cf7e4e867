import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask } from './typing.ts';

describe.skipIf(isWithoutBrowser)('the panel in a browser', () => {
  const suite = usePage();

  it('closes with Escape where it lies over the messages, and gives the focus back', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 900, height: 800 } });
    const toggle = page.getByRole('button', { name: /controls and the wire/ });
    await toggle.click();
    await page.getByLabel('Prompt of a new job').focus();

    await page.keyboard.press('Escape');
    await page.locator('#panel').waitFor({ state: 'hidden' });

    await expect.poll(() => toggle.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.context().close();
  });

  it('keeps the controls of a job in sight, however long its prompt is', async () => {
    suite.rig.useapi.world.startJob({ prompt: `${'an endless corridor '.repeat(20)}${'x'.repeat(300)}` });
    const page = await suite.browser.open(suite.rig.at(ids.owner), { viewport: { width: 1440, height: 900 } });
    const job = page.locator('.control-job', { hasText: 'an endless corridor' });
    await job.waitFor();

    const outside = await job.evaluate((view) => {
      const panel = document.querySelector('.panel-body')?.getBoundingClientRect();
      const buttons = [...view.querySelectorAll('button')].map((button) => button.getBoundingClientRect());
      return buttons.filter(({ right }) => right > (panel?.right ?? 0)).length;
    });

    expect(outside).toBe(0);
    expect(await page.locator('.panel-body:visible').evaluate((body) => body.scrollWidth - body.clientWidth)).toBe(0);
    expect(await job.evaluate((view) => view.getBoundingClientRect().height)).toBeLessThan(110);
    await page.context().close();
  });

  it('shows a job of the world in Discord, to whoever one is, and leaves the card in sight', async () => {
    suite.rig.useapi.world.startJob({ prompt: 'a bell in the fog' });
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 900, height: 800 } });
    await page.getByRole('button', { name: /controls and the wire/ }).click();

    const card = await answerTo(page, () =>
      page.getByRole('button', { name: 'Show in Discord: a bell in the fog' }).click(),
    );

    expect(await card.textContent()).toMatch(/Mia.*job show.*a bell in the fog/s);
    expect(await page.locator('#panel').isVisible()).toBe(false);
    await page.context().close();
  });

  it('has the labels of who one is and of the language below each other', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member));

    const lefts = await page
      .locator('.member-label')
      .evaluateAll((labels) => labels.map((label) => Math.round(label.getBoundingClientRect().left)));

    expect(lefts).toHaveLength(2);
    expect(lefts[0]).toBe(lefts[1]);
    await page.context().close();
  });

  it('shows of the wire only what fits the search', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 1440, height: 900 } });
    await ask(page, 'jobs');
    await page.getByRole('tab', { name: 'Wire' }).click();
    const lines = () => page.locator('.wire-what').allTextContents();
    await expect.poll(async () => (await lines()).some((line) => !line.includes('/callback'))).toBe(true);

    await page.getByRole('searchbox', { name: /^Filter by path/ }).fill('/callback');

    const isFiltered = (found: readonly string[]) =>
      found.length > 0 && found.every((line) => line.includes('/callback'));
    await expect.poll(async () => isFiltered(await lines())).toBe(true);
    await page.getByRole('searchbox', { name: /^Filter by path/ }).fill('nothing has this in it');
    await expect.poll(async () => (await lines()).length).toBe(0);
    await page.context().close();
  });
});
