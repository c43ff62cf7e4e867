import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask } from './typing.ts';
import { controlsOf, UsedControls } from './used-controls.ts';
import { failures, finish } from './walk.ts';

/** One more than fits on a page of the list. */
const MANY = 11;

describe.skipIf(isWithoutBrowser)('/watch in a browser', () => {
  const suite = usePage();
  const used = new UsedControls();
  const openAs = async (...who: [string, string?]) => used.watch(await suite.browser.open(suite.rig.at(...who)));

  it('lists live cards page by page, and lets a moderator stop one and undo that', async () => {
    await followMany();
    const page = await openAs(ids.moderator);
    const list = await ask(page, 'watch list');
    const stops = controlsOf(list, 'watch-stop');
    await expect.poll(() => stops.count()).toBe(MANY - 1);

    await list.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => stops.count()).toBe(1);
    await stops.click();
    await controlsOf(list, 'watch-resume').click();
    // A click on a list that is about to be another one may be answered first.
    await finish(page, suite.rig);
    await list.getByRole('button', { name: 'Next' }).click();

    await expect.poll(() => stops.count()).toBe(1);
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('asks which job is meant where typed words fit several', async () => {
    const page = await openAs(ids.moderator);
    await controlsOf(await ask(page, 'watch add', { job: 'slow sunrise' }), 'watch-meant').click();
    await page.locator('.select-panel:not([hidden]) .picker-line', { hasText: 'a slow sunrise 7' }).click();

    const card = page.locator('.message:not(.ephemeral)', { hasText: 'a slow sunrise 7' });
    await controlsOf(card, 'job-notify-me').waitFor();
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('shows a member the same list, with nothing to stop', async () => {
    const page = await openAs(ids.member);

    const list = await ask(page, 'watch list');
    await list.getByText('a slow sunrise').first().waitFor();
    expect(await controlsOf(list, 'watch-stop').count()).toBe(0);
    await page.context().close();
  });

  it('shows another server nothing of them', async () => {
    const page = await openAs(ids.outsider, ids.otherGeneral);

    const list = await ask(page, 'watch list');
    await list.locator('.components').waitFor();
    expect(await list.textContent()).not.toContain('a slow sunrise');
    await page.context().close();
  });

  it('uses each kind of control that is this file’s', () => used.expectAll(CONTROL_PLAN['watch.test.ts']));

  async function followMany(): Promise<void> {
    const moderator = suite.rig.discord.people(ids.moderator);
    for (let count = 0; count < MANY; count += 1) {
      const job = suite.rig.useapi.world.startJob({ prompt: `a slow sunrise ${count}` });
      await moderator.command(ids.showcase, { path: 'watch add', options: { job } });
    }
  }
});
