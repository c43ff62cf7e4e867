import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { BrowserRig } from './browser.ts';
import { ids, type PageRig, startPageRig } from './page-world.ts';
import { newestAnswer, sendCommand } from './typing.ts';

const FOLDER = new URL('../../docs/screenshots/', import.meta.url);
const COLORS = 128;

/** Stages a scene, and writes `docs/screenshots/{dark,light,phone}.png`. */
async function takeScreenshots(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const rig = await startPageRig();
  rig.useapi.world.setSpeed(1);
  const browser = await BrowserRig.launch();
  try {
    const desk = { viewport: { width: 1440, height: 980 } };
    await shoot(browser, rig, 'dark', { ...desk, colorScheme: 'dark' }, showCard);
    await shoot(browser, rig, 'light', { ...desk, colorScheme: 'light' }, showBoard);
    await shoot(
      browser,
      rig,
      'phone',
      { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, deviceScaleFactor: 2 },
      showCard,
    );
    const complaints = browser.takeComplaints();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  } finally {
    await browser.close();
    await rig.close();
  }
}

async function shoot(
  browser: BrowserRig,
  rig: PageRig,
  name: string,
  options: BrowserContextOptions,
  stage: (page: Page, rig: PageRig) => Promise<void>,
): Promise<void> {
  const page = await browser.open(rig.at(ids.member), options);
  await stage(page, rig);
  await page.evaluate(() => Promise.all(Array.from(document.images, (image) => image.decode().catch(() => undefined))));
  const shot = await page.screenshot({ animations: 'disabled' });
  await sharp(shot)
    .png({ palette: true, colors: COLORS, compressionLevel: 9, effort: 10 })
    .toFile(new URL(`${name}.png`, FOLDER).pathname);
  await page.context().close();
}

async function showCard(page: Page, rig: PageRig): Promise<void> {
  const jobid = rig.finishedGrid('a lighthouse in a storm, oil on canvas');
  await sendCommand(page, 'job show', { job: jobid });
  const card = await newestAnswer(page);
  await card.locator('.media img').first().waitFor();
  await page.locator('.messages').evaluate((list) => list.scrollTo({ top: list.scrollHeight }));
}

async function showBoard(page: Page): Promise<void> {
  await page.locator('.message').first().getByRole('button', { name: 'Dismiss message' }).click();
  await sendCommand(page, 'jobs');
  const answer = await newestAnswer(page);
  await answer.locator('.components').waitFor();
  await page.getByRole('tab', { name: 'Wire' }).click();
  await page.locator('.wire-line').first().waitFor();
}

await takeScreenshots();
