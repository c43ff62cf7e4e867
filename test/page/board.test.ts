import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask, messageWith, openCommand, pickOption } from './typing.ts';
import { controlsOf, UsedControls } from './used-controls.ts';
import { failures, finish } from './walk.ts';

/** More than fit on one page of the list. */
const MANY = 11;

describe.skipIf(isWithoutBrowser)('what runs, in a browser', () => {
  const suite = usePage((rig) => {
    for (let count = 0; count < MANY; count += 1) rig.useapi.world.startJob({ prompt: `lantern ${count}` });
  });
  const used = new UsedControls();
  const openAs = async (...who: [string, string?]) => used.watch(await suite.browser.open(suite.rig.at(...who)));

  it.each([
    ['a member', ids.member, ids.general],
    ['a moderator', ids.moderator, ids.general],
    ['the owner of another server', ids.outsider, ids.otherGeneral],
  ])('is turned over page by page by %s', async (_, userId, channelId) => {
    const page = await openAs(userId, channelId);
    const list = await ask(page, 'jobs');
    const pages = (at: number) => list.getByText(new RegExp(`page ${at} of \\d`)).waitFor();
    await pages(1);

    await list.getByRole('button', { name: 'Next' }).click();
    await pages(2);
    await list.getByRole('button', { name: 'Previous' }).click();
    await pages(1);

    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('is asked for where typed words fit several jobs', async () => {
    const page = await openAs(ids.member);
    await controlsOf(await ask(page, 'job show', { job: 'lantern' }), 'job-meant').click();
    await page
      .locator('.select-panel:not([hidden]) .picker-line', { hasText: /lantern \d/ })
      .first()
      .click();

    await messageWith(page, /lantern \d/)
      .getByRole('button', { name: 'Details' })
      .waitFor();
    await page.context().close();
  });

  it('stands on a live board that whoever may share posts, and anyone refreshes', async () => {
    const [moderator, member] = [await openAs(ids.moderator), await openAs(ids.member)];
    const refused = await pin(member);
    expect(await refused.textContent()).toContain('share');
    await pin(moderator);
    const board = member.locator('.message:not(.ephemeral)', { has: controlsOf(member, 'live-board') });
    await board.waitFor();

    await suite.rig.endAll();
    await suite.rig.runningJob('a kite over the dunes');
    await expect
      .poll(
        async () => {
          await controlsOf(board, 'live-board').click();
          await finish(member, suite.rig);
          return board.textContent();
        },
        { timeout: 60_000 },
      )
      .toContain('a kite over the dunes');

    expect([await failures(moderator), await failures(member)]).toEqual([[], []]);
    await moderator.context().close();
    await member.context().close();
  });

  it('can be cancelled by whoever may, and by nobody else', async () => {
    const jobid = await suite.rig.runningJob('a paper boat');
    const isOver = () => suite.rig.useapi.world.find(jobid)?.status === 'failed';
    const [member, owner] = [await openAs(ids.member), await openAs(ids.owner)];

    const refused = await ask(member, 'job cancel', { job: jobid });
    const offered = await controlsOf(refused, 'job-cancel-yes').count();
    const wasOver = isOver();
    await controlsOf(await ask(owner, 'job cancel', { job: jobid }), 'job-cancel-yes').click();

    // The API has no status of its own for it.
    await expect.poll(isOver).toBe(true);
    expect([offered, wasOver, await refused.textContent()]).toEqual([0, false, expect.stringContaining('cancel')]);
    await member.context().close();
    await owner.context().close();
  });

  it('uses each kind of control that is this file’s', () => used.expectAll(CONTROL_PLAN['board.test.ts']));
});

/** Asks for a live board; returns the answer. */
function pin(page: Page): Promise<Locator> {
  return answerTo(page, async () => {
    await openCommand(page, 'jobs');
    await pickOption(page, 'pin', 'here');
    await page.getByRole('button', { name: 'Send /jobs' }).click();
  });
}
