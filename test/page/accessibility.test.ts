import { describe, expect, it } from 'vitest';
import { scan } from './axe-scan.ts';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask, openCommand } from './typing.ts';
import { finish } from './walk.ts';

describe.skipIf(isWithoutBrowser)('the page for everybody', () => {
  const suite = usePage((rig) => {
    rig.finishedGrid('a heron in the reeds');
  });

  it.each([
    ['dark', 1440, 900],
    ['light', 1440, 900],
    ['dark', 390, 844],
    ['light', 390, 844],
  ] as const)('has no serious finding: %s, %i wide', async (colorScheme, width, height) => {
    const options = { colorScheme, viewport: { width, height }, hasSeenTour: false };
    const page = await suite.browser.open(suite.rig.at(ids.owner), options);
    const found = [...(await scan(page))];
    await page.getByRole('button', { name: 'Skip the tour' }).click();
    await ask(page, 'jobs');
    await (await ask(page, 'job show', { job: suite.rig.useapi.world.list().at(-1)?.jobid ?? '' }))
      .locator('.media img')
      .first()
      .waitFor();
    found.push(...(await scan(page)));

    await page.locator('.message').first().hover();
    await page.locator('.select-box').first().click();
    found.push(...(await scan(page)));
    await page.keyboard.press('Escape');
    await openCommand(page, 'job show');
    found.push(...(await scan(page)));

    expect(found).toEqual([]);
    await page.context().close();
  });

  it.each(['dark', 'light'] as const)('has no serious finding in the panel and the wire: %s', async (colorScheme) => {
    const page = await suite.browser.open(suite.rig.at(ids.moderator), {
      colorScheme,
      viewport: { width: 1440, height: 900 },
    });
    await page.getByRole('button', { name: 'garbage' }).click();
    await page.locator('.control-job').first().waitFor();
    const found = [...(await scan(page))];
    await page.getByRole('button', { name: 'Everything as usual' }).click();
    await page.getByRole('tab', { name: 'Wire' }).click();
    await page.locator('.wire-line').first().click();
    await page.locator('.wire-entry').first().waitFor();
    found.push(...(await scan(page)));

    expect(found).toEqual([]);
    await page.context().close();
  });

  it('can be used with the keyboard alone, and reads new messages out', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member, ids.showcase));

    const answer = await answerTo(page, async () => {
      await page.keyboard.type('/jobs');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
    });
    await answer.getByRole('button', { name: 'Refresh' }).focus();
    await page.keyboard.press('Enter');
    await finish(page, suite.rig);

    await page
      .getByRole('log', { name: 'New messages' })
      .getByText(/running jobs/)
      .first()
      .waitFor({ state: 'attached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Refresh');
    await page.context().close();
  });

  it('follows the system’s colours until one chooses, and keeps the choice', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { colorScheme: 'light' });
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    const first = await theme();

    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    await page.reload();
    await page.locator('.channel-start').waitFor();

    expect([first, await theme()]).toEqual(['light', 'dark']);
    await page.context().close();
  });

  it('fits into 390 px, where channels and controls are drawers', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 390, height: 844 } });

    await page.getByRole('button', { name: 'Channels', exact: true }).click();
    await page.getByRole('button', { name: 'showcase' }).click();
    await page.locator('.channel-head h1', { hasText: 'showcase' }).waitFor();
    await page.getByRole('button', { name: /controls and the wire/ }).click();
    await page.getByRole('button', { name: 'Start a job' }).waitFor();
    await page.getByRole('button', { name: 'Close the panel' }).click();

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.context().close();
  });
});
