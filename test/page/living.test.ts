import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { useBrowser } from './page-suite.ts';
import { ids, type PageRig, startPageRig } from './page-world.ts';
import { messageWith } from './typing.ts';

describe.skipIf(isWithoutBrowser)('a world that lives, in a browser', () => {
  let rig: PageRig;
  beforeAll(async () => {
    rig = await startPageRig({ isAlive: true, speed: 1 });
  });
  afterAll(() => rig.close());
  const browser = useBrowser();

  it('shows what the bot has made, and a card of a job that moves', { timeout: 600_000 }, async () => {
    await rig.shown.demo?.whenMade();
    // The job that moves lasts longer than anybody needs to look at it.
    rig.useapi.world.setSpeed(0.25);
    const page = await browser().open(rig.at(ids.moderator));

    await messageWith(page, 'a lighthouse in a storm').getByRole('button', { name: 'U1' }).waitFor();
    const live = messageWith(page, 'night train');
    await live.getByRole('button', { name: /^Cancel/ }).waitFor();
    const early = await live.textContent();
    await expect.poll(() => live.textContent(), { timeout: 240_000 }).not.toBe(early);
    await page.getByRole('button', { name: /^showcase/ }).click();
    await messageWith(page, 'lantern parade').waitFor();
    await page.getByRole('button', { name: /^moderation/ }).click();
    await messageWith(page, 'wild flowers').getByRole('button', { name: 'Approve' }).waitFor();

    expect(await page.locator('.flow > .message.ephemeral').count()).toBe(0);
    await page.context().close();
  });
});
