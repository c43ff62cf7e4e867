import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask, messageWith } from './typing.ts';
import { controlsOf, UsedControls } from './used-controls.ts';
import { failures, finish } from './walk.ts';

const PHONE = { viewport: { width: 390, height: 844 } };

describe.skipIf(isWithoutBrowser)('cards in a browser', () => {
  const suite = usePage();
  const used = new UsedControls();

  it.each([
    ['the owner', ids.owner, ids.general, true],
    ['a moderator', ids.moderator, ids.general, true],
    ['a member', ids.member, ids.general, false],
    ['the owner of another server', ids.outsider, ids.otherGeneral, true],
  ] as const)(
    'show %s in private what they may do, and everything there is to know',
    async (...[, who, where, may]) => {
      const jobid = suite.rig.finishedGrid('a heron in the reeds');
      const page = used.watch(await suite.browser.open(suite.rig.at(who, where)));

      const card = await ask(page, 'job show', { job: jobid });
      await card.locator('.media img').first().waitFor();
      const offered = [];
      for (const kind of ['press', 'press-with', 'share']) offered.push((await controlsOf(card, kind).count()) > 0);
      await controlsOf(card, 'job-details').click();

      await messageWith(page, jobid).locator('.components').waitFor();
      expect(offered).toEqual([may, may, may]);
      expect(await failures(page)).toEqual([]);
      await page.context().close();
    },
  );

  it('begin with their picture in the upper half of a phone, and keep five buttons in a row', async () => {
    const jobid = suite.rig.finishedGrid('a lighthouse in a storm, oil on canvas');
    const page = await suite.browser.open(suite.rig.at(ids.moderator), PHONE);
    const card = await ask(page, 'job show', { job: jobid });
    await card.locator('.media img').first().waitFor();

    const rows = await card
      .locator('.row')
      .evaluateAll((views) => views.map((view) => view.getBoundingClientRect().height < 2 * 32));
    const down = await card.evaluate((view) => {
      const top = view.querySelector('.components')?.getBoundingClientRect().top ?? 0;
      return (view.querySelector('.media')?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY) - top;
    });

    expect(down).toBeLessThan(PHONE.viewport.height / 2);
    // Five buttons stand beside each other.
    expect(rows[0]).toBe(true);
    await page.context().close();
  });

  it('tell a member who clicks one in a channel what is missing, and start nothing', async () => {
    const { rig, browser } = suite;
    await shareCard('a comet over the bay');
    const known = rig.useapi.world.list().length;
    const page = used.watch(await browser.open(rig.at(ids.member)));

    const card = messageWith(page, 'a comet over the bay');
    const answer = await answerTo(page, () => controlsOf(card, 'press').first().click());

    expect(await answer.textContent()).toContain('press');
    expect(rig.useapi.world.list()).toHaveLength(known);
    await page.context().close();
  });

  it('ping, at the end of a job that one starts there, whoever asked for a ping', async () => {
    const { rig, browser } = suite;
    await shareCard('a swan on a frozen lake');
    const owner = used.watch(await browser.open(rig.at(ids.owner)));
    const member = used.watch(await browser.open(rig.at(ids.member)));

    await messageWith(owner, 'a swan on a frozen lake').getByRole('button', { name: 'V1' }).click();
    await answerTo(member, () => controlsOf(member, 'job-notify-me').click());
    await finish(owner, rig);
    await rig.endAll();

    const ping = member.locator('.message.mentioned', { has: controlsOf(member, 'ended-open') });
    await ping.getByRole('blockquote').getByText('a swan on a frozen lake').waitFor();
    const opened = await answerTo(member, () => controlsOf(ping, 'ended-open').click());
    await opened.locator('.media img').first().waitFor();
    expect([await failures(owner), await failures(member)]).toEqual([[], []]);
    await owner.context().close();
    await member.context().close();
  });

  it('keep the buttons that rows do not hold in a select', async () => {
    const { rig, browser } = suite;
    const buttons = Array.from({ length: 30 }, (_, n) => `Upscale ${n}`);
    const jobid = 'job:20251023141520123-user:12345-channel:1122334455667788990-bot:midjourney';
    const verbatim = { jobid, status: 'completed', verb: 'imagine', prompt: 'many of them', buttons, code: 200 };
    rig.useapi.world.startJob({ version: 'v2', overrides: { jobid, status: 'completed', verbatim } });
    const page = used.watch(await browser.open(rig.at(ids.moderator)));
    const card = await ask(page, 'job show', { job: jobid });

    await controlsOf(card, 'press-more').click();
    const line = page.locator('.select-panel:not([hidden]) .picker-line').last();
    const label = (await line.locator('.picker-title').textContent()) ?? '';
    await line.click();

    await messageWith(page, `${label} started`).waitFor();
    await page.context().close();
  });

  it('compare what was made from a job, for anyone who may look', async () => {
    const { rig, browser } = suite;
    const parentJobid = rig.finishedGrid('a market of lanterns');
    for (const button of ['U1', 'U2']) {
      const child = rig.useapi.world.startJob({ kind: 'upscale', button, parentJobid, prompt: 'a market of lanterns' });
      rig.useapi.world.advance(child, { to: 'completed' });
    }
    const page = used.watch(await browser.open(rig.at(ids.member)));
    const family = await ask(page, 'job family', { job: parentJobid });

    const children = await answerTo(page, () => controlsOf(family, 'family-children').click());

    await expect.poll(() => children.locator('.media img').count()).toBe(2);
    await page.context().close();
  });

  it('were used, each kind that is this file’s', () => used.expectAll(CONTROL_PLAN['cards.test.ts']));

  /** The card of a finished job in #general, for everyone to see. */
  async function shareCard(prompt: string): Promise<void> {
    const job = suite.rig.finishedGrid(prompt);
    const moderator = suite.rig.discord.people(ids.moderator);
    await moderator.command(ids.general, { path: 'job show', options: { job, public: true } });
  }
});
