import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { type MjStandIn, startMjStandIn } from '../../sandbox/mj/mj-stand-in.ts';
import { type ShownPage, showPage } from '../../sandbox/sandbox.ts';
import type { App } from '../../src/app/app.ts';
import { isWithoutBrowser } from './browser.ts';
import { PATIENT, runPageBot } from './page-bot.ts';
import { useBrowser } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask, messageWith } from './typing.ts';

const SIZE = { viewport: { width: 1440, height: 900 } };

describe.skipIf(isWithoutBrowser)('the World panel over a Midjourney proxy alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'page-mj-'));
  const browser = useBrowser();
  let discord: DiscordStandIn;
  let mj: MjStandIn;
  let shown: ShownPage;
  let bot: Pick<App, 'stop'>;

  beforeAll(async () => {
    mj = await startMjStandIn({ speed: 0 });
    discord = await startDiscordStandIn({ limits: 'off', ...PATIENT });
    shown = await showPage(discord, undefined, 0, { mj });
    bot = await runPageBot(shown, discord, folder, {
      mj: { url: mj.url, secret: mj.secret, auth: 'mj-api-secret', mediaHosts: [] },
    });
  });
  afterAll(async () => {
    await bot?.stop();
    await shown?.close();
    await discord?.close();
    await mj?.close();
    rmSync(folder, { recursive: true });
  });

  const at = () => `${shown.page.url}/#${ids.owner}/${ids.general}`;

  it('starts a job, leaves one stuck, ends one and shows its card', async () => {
    const page = await browser().open(at(), SIZE);
    const start = async (prompt: string) => {
      await page.getByLabel('Prompt of a new job').fill(prompt);
      await page.getByRole('button', { name: 'Start a job' }).click();
      await page.locator('.control-job', { hasText: prompt }).waitFor();
    };
    await start('a kite over the proxy');
    await start('a boat that is stuck');

    await page.getByRole('button', { name: 'Leave stuck: a boat that is stuck' }).click();
    await page.locator('.control-job', { hasText: 'stuck · image · mj' }).waitFor();
    await page.getByRole('button', { name: 'End: a kite over the proxy' }).click();
    await page.locator('.control-job', { hasText: 'completed · image · mj' }).waitFor();
    await page.getByRole('button', { name: 'Show in Discord: a kite over the proxy' }).click();

    const card = messageWith(page, 'a kite over the proxy');
    await card.locator('.media img').first().waitFor();
    expect(await card.getByRole('button', { name: 'U2', exact: true }).count()).toBe(1);
    expect(mj.world.list().map(({ status, stuck }) => [status, stuck])).toEqual([
      ['completed', false],
      ['created', true],
    ]);
    await page.context().close();
  });

  it('breaks the proxy and mends it', async () => {
    const page = await browser().open(at(), SIZE);
    const tasks = page.getByRole('group', { name: 'New tasks' });

    await tasks.getByRole('button', { name: 'over the limit' }).click();
    await expect.poll(() => mj.world.switches.submits).toBe('limit');
    await page.getByRole('group', { name: 'Calls of the proxy' }).getByRole('button', { name: 'cut off' }).click();
    await expect.poll(() => mj.faults.list().length).toBe(1);
    await page.getByRole('button', { name: 'Everything as usual' }).click();
    await expect.poll(() => [mj.world.switches.submits, mj.faults.list().length]).toEqual(['accepted', 0]);

    await tasks.locator('button[aria-pressed=true]', { hasText: 'taken' }).waitFor();
    await page.context().close();
  });

  it('makes another kind of proxy of it, of which the bot then says what it cannot', async () => {
    const page = await browser().open(at(), SIZE);

    // The order is answered once the bot runs anew.
    await Promise.all([
      page.waitForResponse((response) => response.request().postData()?.includes('set-proxy') === true),
      page.getByRole('group', { name: 'Kind of proxy' }).getByRole('button', { name: 'new-api' }).click(),
    ]);
    await page.locator('.bot-state', { hasText: 'is running, connected' }).waitFor();
    await expect.poll(() => mj.requests.some(({ path }) => path === '/mj/task/list-by-condition')).toBe(true);
    const answer = await ask(page, 'jobs');
    expect(await answer.textContent()).toContain('doesn’t list jobs that were started elsewhere');
    await page.context().close();
  });
});
