import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask, openCommand, pickLine, pickOption } from './typing.ts';
import { controlsOf, UsedControls } from './used-controls.ts';
import { failures, finish } from './walk.ts';

/** Fill several pages of the list, and more than one of an explanation. */
const MANY_RULES = 40;

describe.skipIf(isWithoutBrowser)('/notify in a browser', () => {
  const suite = usePage();
  const used = new UsedControls();

  it('notifies a channel of a job that is started and ended by the controls', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.owner), { viewport: { width: 1440, height: 900 } });
    await answerTo(page, async () => {
      await openCommand(page, 'notify add');
      await pickOption(page, 'channel', '#showcase');
      await page.getByRole('button', { name: 'Send /notify add' }).click();
    });
    await page.getByLabel('Prompt of a new job').fill('a comet over the bay');
    await page.getByRole('button', { name: 'Start a job' }).click();
    const job = page.locator('.control-job', { hasText: 'a comet over the bay' });
    await job.waitFor();
    // The whole prompt, and below it the jobid.
    const title = await job.locator('.control-job-prompt').getAttribute('title');
    await ask(page, 'job show', { job: title?.split('\n').at(-1) ?? '' });

    await job.getByRole('button', { name: /^End/ }).click();
    await page.locator('.channel.unread', { hasText: 'showcase' }).click();

    const notice = page.locator('.message', { hasText: 'a comet over the bay' });
    await notice.locator('.media img').first().waitFor();
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('keeps rules on pages, each with buttons, and every change with an Undo', async () => {
    await addRules();
    const page = used.watch(await suite.browser.open(suite.rig.at(ids.owner)));
    const list = await ask(page, 'notify list');
    const click = async (kind: string) => {
      await controlsOf(list, kind).first().click();
      await finish(page, suite.rig);
    };
    const removed = list.getByText(/Rule #\d+ removed/);

    await list.getByRole('button', { name: 'Next' }).click();
    await list.getByText(/^#6 /).waitFor();
    await click('rule-pause');
    await click('rule-resume');
    await click('rule-remove');
    await removed.waitFor();
    await click('rule-undo');
    await removed.waitFor({ state: 'detached' });
    const edit = await answerTo(page, () => controlsOf(list, 'rule-edit').first().click());

    await controlsOf(edit, 'rule-set').first().waitFor();
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('explains page by page why a job was posted, or was not', async () => {
    const job = await suite.rig.runningJob('a bell in the fog');
    await suite.rig.endAll();
    const page = used.watch(await suite.browser.open(suite.rig.at(ids.owner)));
    const explanation = await ask(page, 'notify explain', { job });
    const first = await explanation.textContent();

    await explanation.getByRole('button', { name: 'Next' }).click();

    await expect.poll(() => explanation.textContent()).not.toBe(first);
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('asks which job is to be explained where typed words fit several', async () => {
    for (const prompt of ['a comb of honey', 'a comb of ivory']) await suite.rig.runningJob(prompt);
    const page = used.watch(await suite.browser.open(suite.rig.at(ids.owner)));
    const question = await ask(page, 'notify explain', { job: 'a comb' });
    const answer = await answerTo(page, () => pickLine(page, controlsOf(question, 'explain-meant'), 'a comb of ivory'));

    expect(await answer.textContent()).toContain('a comb of ivory');
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('is for those who may make rules: the others do not find it', async () => {
    for (const [userId, channelId, isThere] of [
      [ids.moderator, ids.general, false],
      [ids.member, ids.general, false],
      [ids.outsider, ids.otherGeneral, true],
    ] as const) {
      const page = await suite.browser.open(suite.rig.at(userId, channelId));
      await page.locator('.composer-input').click();
      await page.keyboard.type('/');
      const lines = page.locator('.composer > .picker .picker-line');
      await lines.first().waitFor();

      expect((await lines.allTextContents()).some((line) => line.includes('/notify'))).toBe(isThere);
      await page.context().close();
    }
  });

  it('uses each kind of control that is this file’s', () => used.expectAll(CONTROL_PLAN['notify.test.ts']));

  async function addRules(): Promise<void> {
    const owner = suite.rig.discord.people(ids.owner);
    for (let count = 0; count < MANY_RULES; count += 1) {
      const prompt = `word${count} and some more words to be found in it`;
      await owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase, prompt } });
    }
  }
});
