import { describe, expect, it } from 'vitest';
import { FIRST_CHANNEL } from '../../sandbox/midjourney/midjourney-world.ts';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask, fillOption, messageWith, openCommand, pickOption } from './typing.ts';
import { controlsOf, UsedControls } from './used-controls.ts';
import { failures, finish, walkModal } from './walk.ts';

/** More than fit on one page of the list. */
const MANY_WORDS = 41;
const SEND_MESSAGES = 1n << 11n;

describe.skipIf(isWithoutBrowser)('moderation in a browser', () => {
  const suite = usePage();
  const used = new UsedControls();
  const openAs = async (...who: [string, string?]) => used.watch(await suite.browser.open(suite.rig.at(...who)));
  const asOwner = (path: string, options = {}) =>
    suite.rig.discord.people(ids.owner).command(ids.general, { path, options });

  it('undoes a change under the answer to it', async () => {
    const page = await openAs(ids.owner);
    const answer = await answerTo(page, async () => {
      await openCommand(page, 'mod quota');
      await pickOption(page, 'scope', 'member');
      await fillOption(page, 'per-day', '3');
      await page.getByRole('button', { name: 'Send /mod quota' }).click();
    });
    const before = await answer.textContent();

    await controlsOf(answer, 'mod-undo').click();
    await expect.poll(() => answer.textContent()).not.toBe(before);
    const settings = await ask(page, 'mod settings');
    await settings.locator('.components').waitFor();
    expect(await settings.textContent()).not.toContain('3 a day');
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('checks everything, and again by Refresh once a permission is missing', async () => {
    const { world } = suite.rig.discord;
    await asOwner('mod alerts', { channel: ids.showcase });
    const page = await openAs(ids.owner);
    const card = await ask(page, 'doctor');
    await card.locator('.components').waitFor();
    const before = await card.textContent();
    world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny: SEND_MESSAGES });

    await controlsOf(card, 'doctor-refresh').click();

    await expect.poll(() => card.textContent()).toContain('used for alerts: I’m missing Send Messages');
    world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny: 0n });
    await asOwner('mod alerts', { channel: ids.moderation });
    expect(before).toContain('Every permission is there');
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('lists words page by page', async () => {
    for (let count = 0; count < MANY_WORDS; count += 1) await asOwner('mod words add', { word: `grim${count}` });
    const page = await openAs(ids.owner);
    const list = await ask(page, 'mod words list');

    await list.getByRole('button', { name: 'Next' }).click();

    await expect.poll(async () => (await list.textContent())?.match(/grim\d+/g)?.length).toBe(1);
    await page.context().close();
  });

  it('keeps a result from everyone until whoever may review approves it', async () => {
    await asOwner('mod review', { mode: 'on', channel: ids.moderation });
    const jobid = await suite.rig.runningJob('a kettle on the boil');
    await suite.rig.endAll();
    const [member, moderator] = [await openAs(ids.member), await openAs(ids.moderator, ids.moderation)];
    const picturesFor = async (page: typeof member) => {
      const card = await ask(page, 'job show', { job: jobid });
      await card.locator('.components').waitFor();
      return card.locator('.media');
    };

    const withheld = await (await picturesFor(member)).count();
    const approve = messageWith(moderator, 'a kettle on the boil').getByRole('button', { name: 'Approve' });
    const refusal = await (await answerTo(moderator, () => approve.click())).textContent();
    await asOwner('mod allow', { action: 'review', role: ids.moderatorRole });
    await approve.click();
    await finish(moderator, suite.rig);

    await (await picturesFor(member)).first().waitFor();
    expect([withheld, refusal]).toEqual([0, expect.stringContaining('review')]);
    expect(await member.getByRole('button', { name: /moderation/ }).count()).toBe(0);
    await member.context().close();
    await moderator.context().close();
  });

  it('asks a reviewer why, writes it on the note of whoever started the job, and pings them', async () => {
    await asOwner('mod allow', { action: 'submit', role: ids.artistRole });
    const member = await openAs(ids.member);
    await ask(member, 'imagine', { prompt: 'a door in the hill' });
    await suite.rig.endAll();
    const owner = await openAs(ids.owner, ids.moderation);

    await messageWith(owner, 'a door in the hill').getByRole('button', { name: 'Reject' }).click();
    await owner.locator('dialog.modal[open]').waitFor();
    await walkModal(owner, suite.rig);

    await messageWith(member, 'was rejected, so it stays hidden').locator('.components').waitFor();
    await messageWith(member, 'wasn’t approved').getByRole('button', { name: 'Details' }).waitFor();
    expect([await failures(owner), await failures(member)]).toEqual([[], []]);
    await owner.context().close();
    await member.context().close();
  });

  // Last: for ten minutes, what is new in the API channel may have come of the calls that fail, and is nobody's.
  it('alerts moderators of a refused prompt; who may not read the settings reads why', async () => {
    await asOwner('mod alerts', { channel: ids.moderation });
    const body = { error: 'Banned prompt', errorDetails: 'the word x' };
    const action = { kind: 'status', status: 422, body } as const;
    suite.rig.useapi.faults.add({ match: { method: 'POST', path: '/v3' }, times: 1, takesEffect: false, action });
    await asOwner('imagine', { prompt: 'a fox at the door' });
    const [owner, moderator] = [await openAs(ids.owner, ids.moderation), await openAs(ids.moderator, ids.moderation)];

    const shown = async (page: typeof owner) => {
      const alert = messageWith(page, 'a fox at the door');
      return (await answerTo(page, () => controlsOf(alert, 'alert-settings').click())).textContent();
    };

    expect(await shown(owner)).toContain('#moderation');
    expect(await shown(moderator)).toContain('audit');
    await owner.context().close();
    await moderator.context().close();
  });

  it('lets only the owner reset a blocked API channel under its alert', async () => {
    suite.rig.useapi.world.blockChannel(FIRST_CHANNEL);
    await asOwner('imagine', { prompt: 'a closed door', 'api-channel': FIRST_CHANNEL });
    const isBlocked = () => suite.rig.useapi.world.listChannels().some((channel) => channel.isBlocked);
    const blocked: boolean[] = [];

    for (const userId of [ids.moderator, ids.owner]) {
      const page = await openAs(userId, ids.moderation);
      await answerTo(page, () => controlsOf(page, 'api-reset').last().click());
      blocked.push(isBlocked());
      await page.context().close();
    }

    expect(blocked).toEqual([true, false]);
  });

  it('uses each kind of control that is this file’s', () => used.expectAll(CONTROL_PLAN['moderation.test.ts']));
});
