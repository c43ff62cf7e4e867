import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask, sendCommand } from './typing.ts';
import { failures, finish } from './walk.ts';

describe.skipIf(isWithoutBrowser)('the world’s controls in a browser', () => {
  const suite = usePage();

  const openWide = (userId: string) =>
    suite.browser.open(suite.rig.at(userId), { viewport: { width: 1440, height: 900 } });

  it('goes on with an answer’s controls after the bot was restarted', async () => {
    const page = await openWide(ids.member);
    const answer = await ask(page, 'jobs');

    await Promise.all([
      page.waitForResponse((response) => response.request().postData()?.includes('restart-bot') === true),
      page.getByRole('button', { name: 'Restart the bot' }).click(),
    ]);
    await page.locator('.bot-state.good').waitFor();
    await answer.getByRole('button', { name: 'Refresh' }).click();
    await finish(page, suite.rig);

    expect(await failures(page)).toEqual([]);
    expect(await answer.textContent()).toMatch(/running job/);
    await page.context().close();
  });

  it('starts a job, and the bot knows of it', async () => {
    const page = await openWide(ids.member);

    await page.getByLabel('Prompt of a new job').fill('a whale above the town');
    await page.getByLabel('Where the job runs').selectOption('v2');
    await page.getByRole('button', { name: 'Start a job' }).click();
    // The whole prompt, and below it the jobid.
    const title = await page
      .locator('.control-job-prompt', { hasText: 'a whale above the town' })
      .getAttribute('title');
    const answer = await ask(page, 'job show', { job: title?.split('\n').at(-1) ?? '' });

    expect(await answer.textContent()).toContain('a whale above the town');
    await page.locator('.control-job', { hasText: 'whale' }).getByRole('button', { name: /^Fail/ }).click();
    await page.locator('.control-job', { hasText: 'whale' }).getByText('failed').waitFor();
    await page.context().close();
  });

  it.each(['cut off', 'fail (500)', 'refused (429)', 'garbage', 'not paid (402)', 'service ended'])(
    'gets an answer although calls of the API are: %s',
    async (trouble) => {
      const page = await openWide(ids.member);

      await page.getByRole('group', { name: 'Its calls' }).getByRole('button', { name: trouble }).click();
      await page.locator('.segment.on', { hasText: trouble }).waitFor();
      await ask(page, 'jobs');

      expect(await failures(page)).toEqual([]);
      await page.getByRole('button', { name: 'Everything as usual' }).click();
      await page.locator('.segment.on', { hasText: trouble }).waitFor({ state: 'detached' });
      await page.context().close();
    },
  );

  it('shows a failed interaction as Discord does while Discord’s REST is down, and recovers', async () => {
    const page = await openWide(ids.member);
    const rest = page.getByRole('group', { name: 'Calls of its REST API' });

    await rest.getByRole('button', { name: 'down (503)' }).click();
    await rest.locator('.segment.on', { hasText: 'down' }).waitFor();
    await sendCommand(page, 'jobs');
    await page.locator('.failure', { hasText: 'The application did not respond' }).waitFor();
    await rest.getByRole('button', { name: 'as usual' }).click();
    await rest.locator('.segment.on', { hasText: 'as usual' }).waitFor();
    const answer = await ask(page, 'jobs');

    expect(await answer.textContent()).toMatch(/running job/);
    await page.context().close();
  });

  it('reconnects after the connection was dropped', async () => {
    const page = await openWide(ids.member);
    const sessions: number[] = [];
    const stop = suite.rig.discord.world.subscribe((change) => {
      if (change.kind === 'bot-presence') sessions.push(change.sessions);
    });

    await page.getByRole('button', { name: 'Drop the connection' }).click();
    await expect.poll(() => [sessions.includes(0), sessions.at(-1)], { timeout: 60_000 }).toEqual([true, 1]);
    stop();
    const answer = await ask(page, 'jobs');

    expect(await answer.textContent()).toMatch(/running job/);
    await page.context().close();
  });

  it('takes a permission from the bot in the open channel and gives it back', async () => {
    const page = await openWide(ids.owner);
    const write = page.getByRole('switch', { name: 'write', exact: true });

    // The panel shows what the stand-in says, perhaps once more from before it took the order.
    await write.click();
    await expect.poll(() => suite.rig.shown.controls.state().taken).toEqual({ [ids.general]: ['write'] });
    await page.getByRole('button', { name: 'showcase' }).click();
    await page.getByText('Taken in #general: write').waitFor();
    await page.getByRole('button', { name: 'Give back' }).click();

    await expect.poll(() => suite.rig.shown.controls.state().taken).toEqual({});
    await page.context().close();
  });

  it('shows how an answer came to be, without secrets', async () => {
    const page = await openWide(ids.member);
    const answer = await ask(page, 'jobs');

    await answer.click({ button: 'right' });
    await page.locator('.context-menu .picker-line', { hasText: 'How it came to be' }).click();
    await page.locator('.wire-about', { hasText: 'How message' }).waitFor();

    const readLines = () => page.locator('.wire-what').allTextContents();
    await expect.poll(async () => (await readLines()).at(-1)).toBe('INTERACTION_CREATE');
    const lines = await readLines();
    expect(lines.filter((line) => line.includes('/callback'))).toHaveLength(1);
    await page.locator('.wire-line').last().click();
    await page.locator('.wire-entry', { hasText: '"token": "***"' }).waitFor();
    await page.context().close();
  });
});
