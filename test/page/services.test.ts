import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { type ShownPage, showPage } from '../../sandbox/sandbox.ts';
import { type SiblingStandIn, startSiblingStandIn } from '../../sandbox/siblings/sibling-stand-in.ts';
import type { App } from '../../src/app/app.ts';
import { isWithoutBrowser } from './browser.ts';
import { PATIENT, runPageBot } from './page-bot.ts';
import { useBrowser } from './page-suite.ts';
import { ids } from './page-world.ts';
import { messageWith } from './typing.ts';

const SIZE = { viewport: { width: 1440, height: 900 } };

describe.skipIf(isWithoutBrowser)('the World panel over MiniMax and Dreamina', () => {
  const folder = mkdtempSync(join(tmpdir(), 'page-services-'));
  const browser = useBrowser();
  let discord: DiscordStandIn;
  let siblings: readonly SiblingStandIn[];
  let shown: ShownPage;
  let bot: Pick<App, 'stop'>;

  beforeAll(async () => {
    siblings = await Promise.all([
      startSiblingStandIn({ service: 'minimax', speed: 0 }),
      startSiblingStandIn({ service: 'dreamina', speed: 0 }),
    ]);
    discord = await startDiscordStandIn({ limits: 'off', ...PATIENT });
    shown = await showPage(discord, undefined, 0, { siblings });
    const accounts = siblings.map(({ service, title: name, url, token: secret, model }) => {
      return { id: service, name, backend: service, url, secret, model };
    });
    bot = await runPageBot(shown, discord, folder, { accounts });
  });
  afterAll(async () => {
    await bot?.stop();
    await shown?.close();
    await discord?.close();
    for (const standIn of siblings ?? []) await standIn.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['MiniMax', 'minimax'],
    ['Dreamina', 'dreamina'],
  ])('starts jobs at %s, ends one, fails one, moderates one, and shows the card', async (label, service) => {
    const page = await browser().open(`${shown.page.url}/#${ids.owner}/${ids.general}`, SIZE);
    const start = async (prompt: string) => {
      await page.getByLabel('Where the job runs').selectOption({ label });
      await page.getByLabel('Prompt of a new job').fill(prompt);
      await page.getByRole('button', { name: 'Start a job' }).click();
      await page.locator('.control-job', { hasText: prompt }).waitFor();
    };
    const end = async (how: string, prompt: string, status: string) => {
      await page.getByRole('button', { name: `${how}: ${prompt}` }).click();
      await page
        .locator('.control-job', { hasText: prompt })
        .filter({ hasText: `${status} · image · ${service}` })
        .waitFor();
    };
    for (const what of ['kite', 'boat', 'mask']) await start(`a ${what} at ${label}`);

    await end('End', `a kite at ${label}`, 'completed');
    await end('Fail', `a boat at ${label}`, 'failed');
    await end('Moderate', `a mask at ${label}`, 'moderated');
    await page.getByRole('button', { name: `Show in Discord: a kite at ${label}` }).click();

    const card = messageWith(page, `a kite at ${label}`);
    await card.locator('.media img').first().waitFor();
    expect(await card.textContent()).toContain(`on ${label}`);
    await page.context().close();
  });
});
