import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask, messageWith, openCommand, pickLine, pickOption, sendCommand } from './typing.ts';
import { controlsOf } from './used-controls.ts';
import { finish, readCommands } from './walk.ts';

describe.skipIf(isWithoutBrowser)('the guided tour', () => {
  const suite = usePage();

  it('goes on by itself as one does what it says', { timeout: 600_000 }, async () => {
    suite.rig.finishedGrid('a lantern in the snow');
    const jobid = suite.rig.useapi.world.list().at(-1)?.jobid ?? '';
    const page = await suite.browser.open(suite.rig.at(ids.owner), { hasSeenTour: false });
    const title = page.locator('.tour h2');
    const endJob = async (prompt: string) => {
      await page.getByLabel('Prompt of a new job').fill(prompt);
      await page.getByRole('button', { name: 'Start a job' }).click();
      const job = page.locator('.control-job', { hasText: prompt });
      await job.waitFor();
      // What begins and ends between two looks at the API is posted nowhere.
      await suite.rig.look();
      await job.getByRole('button', { name: /^End:/ }).click();
    };

    expect(await title.textContent()).toBe('What this bot is for');
    await page.locator('.tour').getByRole('button', { name: 'Next' }).click();
    await title.getByText('See what runs').waitFor();
    await sendCommand(page, 'jobs');
    await title.getByText('Open a job').waitFor();
    const card = await ask(page, 'job show', { job: jobid });
    await title.getByText('Click U1').waitFor();
    await card.getByRole('button', { name: 'U1' }).click();
    await title.getByText('Set up the server').waitFor();
    const setup = await ask(page, 'setup');
    await title.getByText('Choose where results go').waitFor();
    await pickLine(page, controlsOf(setup, 'setup-results'), '#showcase');
    await title.getByText('See a post').waitFor();
    await endJob('a boat in a bottle');
    await page.locator('.channel.unread', { hasText: 'showcase' }).click();
    await title.getByText('Hold results for review').waitFor();
    const setupInShowcase = await ask(page, 'setup');
    await pickLine(page, controlsOf(setupInShowcase, 'setup-review'), '#moderation');
    await title.getByText('Let moderators decide').waitFor();
    await openCommand(page, 'mod allow');
    await pickOption(page, 'action', 'review');
    await pickOption(page, 'role', 'Moderator');
    await page.getByRole('button', { name: 'Send /mod allow' }).click();
    await title.getByText('Approve as a moderator').waitFor();
    await endJob('a kettle on the boil');
    await page.getByLabel('You are').selectOption(ids.moderator);
    await page.getByRole('button', { name: /^moderation/ }).click();
    await messageWith(page, 'a kettle on the boil').getByRole('button', { name: 'Approve' }).click();
    await title.getByText('That was the tour').waitFor();
    await page.context().close();
  });

  it('waits for the end of each step: not for another command, nor for a refusal', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.owner), { hasSeenTour: false });
    const title = page.locator('.tour h2');
    const next = page.locator('.tour').getByRole('button', { name: 'Next' });
    while ((await title.textContent()) !== 'Set up the server') await next.click();

    await ask(page, 'jobs');
    const waits = await title.textContent();
    const setup = await ask(page, 'setup');
    await title.getByText('Choose where results go').waitFor();
    const take = { order: 'set-ability', channelId: ids.announcements, ability: 'write' } as const;
    await suite.rig.shown.controls.carryOut({ ...take, isAllowed: false });
    await pickLine(page, controlsOf(setup, 'setup-results'), '#announcements');
    await finish(page, suite.rig);
    const stays = await title.textContent();
    await suite.rig.shown.controls.carryOut({ ...take, isAllowed: true });

    expect([waits, stays]).toEqual(['Set up the server', 'Choose where results go']);
    await page.context().close();
  });

  it.each([
    [1440, 900],
    [390, 844],
    [640, 400],
  ])('never covers what it speaks of: %i × %i', async (width, height) => {
    const page = await suite.browser.open(suite.rig.at(ids.owner), {
      viewport: { width, height },
      hasSeenTour: false,
    });

    const places = await page.evaluate(() =>
      ['.channel-head', '.tour', '.messages', '.composer'].map((selector) => {
        const box = document.querySelector(selector)?.getBoundingClientRect();
        return box === undefined ? [] : [Math.round(box.top), Math.round(box.bottom)];
      }),
    );

    const edges = places.flat();
    expect(edges).toHaveLength(8);
    expect(edges).toEqual(edges.toSorted((a, b) => a - b));
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

    expect(seen.includes('Set up the server')).toBe(paths.has('setup'));
    expect(seen.includes('Let moderators decide')).toBe(paths.has('mod'));
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

    expect([isBack, await page.locator('.tour h2').textContent()]).toEqual([false, 'What this bot is for']);
    await page.context().close();
  });
});
