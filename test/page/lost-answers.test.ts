import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask, messageWith } from './typing.ts';
import { controlsOf, UsedControls } from './used-controls.ts';
import { failures } from './walk.ts';

describe.skipIf(isWithoutBrowser)('what may have started, in a browser', () => {
  const suite = usePage((rig) => rig.useapi.world.setMaxJobs(12));
  const used = new UsedControls();
  const openAs = async (userId: string) => used.watch(await suite.browser.open(suite.rig.at(userId)));
  const madeCount = () => suite.rig.useapi.world.list().length;

  /** The API answers the next paid call with a time-out, and does nothing. */
  const loseNext = () =>
    suite.rig.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/' },
      times: 1,
      takesEffect: false,
      action: { kind: 'status', status: 504, body: { error: 'timeout' } },
    });

  it('is started again only when the moderator who clicked says so', async () => {
    const jobid = suite.rig.finishedGrid('a quiet harbour');
    const page = await openAs(ids.moderator);
    const card = await ask(page, 'job show', { job: jobid });
    loseNext();

    await card.getByRole('button', { name: 'V2' }).click();
    const question = page.locator('.message', { has: controlsOf(page, 'press-again') });
    await question.waitFor();
    const before = madeCount();
    await controlsOf(question, 'press-again').click();

    await messageWith(page, /V2 started/).waitFor();
    expect(madeCount()).toBe(before + 1);
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('is asked for again only when the owner who typed it says so', async () => {
    const page = await openAs(ids.owner);
    loseNext();

    const question = await ask(page, 'imagine', { prompt: 'a train through the alps' });
    await controlsOf(question, 'submit-again').waitFor();
    const before = madeCount();
    await controlsOf(question, 'submit-again').click();

    await expect.poll(madeCount).toBe(before + 1);
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('uses each kind of control that is this file’s', () => used.expectAll(CONTROL_PLAN['lost-answers.test.ts']));
});
