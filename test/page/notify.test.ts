import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { newestAnswer, openCommand, sendCommand } from './typing.ts';
import { failures } from './walk.ts';

describe.skipIf(isWithoutBrowser)('/notify in a browser', () => {
  const suite = usePage();

  it('tells a channel of a job that is started and ended by the controls', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.owner), { viewport: { width: 1440, height: 900 } });
    await openCommand(page, 'notify add');
    await page.locator('.command-lists .picker-line', { hasText: '#showcase' }).click();
    await page.getByRole('button', { name: 'Send /notify add' }).click();
    await newestAnswer(page);
    await page.getByLabel('Prompt of a new job').fill('a comet over the bay');
    await page.getByRole('button', { name: 'Start a job' }).click();
    const job = page.locator('.control-job', { hasText: 'a comet over the bay' });
    await job.waitFor();
    const jobid = (await job.locator('.control-job-prompt').getAttribute('title')) ?? '';
    await sendCommand(page, 'job show', { job: jobid });
    await newestAnswer(page);

    await job.getByRole('button', { name: /^End/ }).click();
    await page.locator('.channel.unread', { hasText: 'showcase' }).click();

    const notice = page.locator('.message', { hasText: 'a comet over the bay' });
    await notice.locator('.media img').first().waitFor();
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });
});
