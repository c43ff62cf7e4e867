import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { messageWith, openCommand, pickOption, sendCommand } from './typing.ts';
import { readCommands } from './walk.ts';

describe.skipIf(isWithoutBrowser)('the guided tour', () => {
  const suite = usePage();

  it('goes on by itself as one does what it says', async () => {
    suite.rig.finishedGrid('a lantern in the snow');
    const jobid = suite.rig.useapi.world.list().at(-1)?.jobid ?? '';
    const page = await suite.browser.open(suite.rig.at(ids.owner), { hasSeenTour: false });
    const title = page.locator('.tour h2');

    expect(await title.textContent()).toBe('See what runs');
    await sendCommand(page, 'jobs');
    await title.getByText('Open a job').waitFor();
    await sendCommand(page, 'job show', { job: jobid });
    await title.getByText('Press U2').waitFor();
    await messageWith(page, 'a lantern in the snow').getByRole('button', { name: 'U2' }).click();
    await title.getByText('Add a rule').waitFor();
    await openCommand(page, 'notify add');
    await page.locator('.command-lists .picker-line', { hasText: '#showcase' }).click();
    await page.getByRole('button', { name: 'Send /notify add' }).click();
    await title.getByText('Hold results for review').waitFor();
    await openCommand(page, 'mod review');
    await pickOption(page, 'mode', 'on');
    await pickOption(page, 'channel', '#moderation');
    await page.getByRole('button', { name: 'Send /mod review' }).click();
    await title.getByText('Let moderators decide').waitFor();
    await openCommand(page, 'mod allow');
    await pickOption(page, 'action', 'review');
    await pickOption(page, 'role', 'Moderator');
    await page.getByRole('button', { name: 'Send /mod allow' }).click();
    await title.getByText('Approve as moderator').waitFor();
    await page.getByLabel('Prompt of a new job').fill('a kettle on the boil');
    await page.getByRole('button', { name: 'Start a job' }).click();
    const running = page.locator('.control-job', { hasText: 'a kettle on the boil' });
    await running.getByRole('button', { name: /^End:/ }).click();
    await page.getByLabel('You are').selectOption(ids.moderator);
    await page.getByRole('button', { name: /^moderation/ }).click();
    await messageWith(page, 'a kettle on the boil').getByRole('button', { name: 'Approve' }).click();
    await title.getByText('That was the tour').waitFor();
    await page.context().close();
  });

  it('leaves out what the bot cannot do, and ends', async () => {
    const { slash } = await readCommands(suite.rig.url, ids.owner, ids.general);
    const paths = new Set(slash.map((command) => command.path.split(' ')[0]));
    const page = await suite.browser.open(suite.rig.at(ids.owner), { hasSeenTour: false });
    const seen: string[] = [];

    for (;;) {
      const title = (await page.locator('.tour h2').textContent()) ?? '';
      if (title === 'That was the tour') break;
      seen.push(title);
      await page.locator('.tour').getByRole('button', { name: 'Next' }).click();
    }

    expect(seen.includes('Add a rule')).toBe(paths.has('notify'));
    expect(seen.includes('Approve as moderator')).toBe(paths.has('mod'));
    expect(seen.length).toBeGreaterThan(2);
    await page.locator('.tour').getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.locator('.channel-start').waitFor();
    expect(await page.locator('.tour').isVisible()).toBe(false);
    await page.context().close();
  });

  it('can be skipped, stays away, and can be asked for again', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member), { hasSeenTour: false });

    await page.getByRole('button', { name: 'Skip the tour' }).click();
    await page.reload();
    await page.locator('.channel-start').waitFor();
    const isBack = await page.locator('.tour').isVisible();
    await page.getByRole('button', { name: 'Guided tour' }).click();

    expect([isBack, await page.locator('.tour h2').textContent()]).toEqual([false, 'See what runs']);
    await page.context().close();
  });
});
