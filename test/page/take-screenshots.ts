import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { BrowserRig } from './browser.ts';
import { ids, type PageRig, startPageRig } from './page-world.ts';
import { ask, messageWith, sendCommand } from './typing.ts';

const FOLDER = new URL('../../docs/screenshots/', import.meta.url);
const COLORS = 128;
/** The prompt of the job whose family is shown; its id once it is there. */
let GRID = 'a market of glass lanterns at night';

/** Stages scenes, and writes their pictures into `docs/screenshots`. */
async function takeScreenshots(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const rig = await startPageRig({ publishedRecords: false });
  rig.useapi.world.setSpeed(1);
  rig.useapi.world.setMaxJobs(6);
  const browser = await BrowserRig.launch();
  try {
    const desktop = { viewport: { width: 1440, height: 980 } };
    await shoot(browser, rig, 'dark', { ...desktop, colorScheme: 'dark' }, showCard);
    await shoot(browser, rig, 'card', { ...desktop, colorScheme: 'dark', part: newestCard }, showCard);
    await shoot(browser, rig, 'light', { ...desktop, colorScheme: 'light' }, showBoard);
    await shoot(
      browser,
      rig,
      'phone',
      { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, deviceScaleFactor: 2 },
      showCard,
    );
    await stageModeration(rig);
    const owner = { ...desktop, colorScheme: 'dark', as: ids.owner } as const;
    await shoot(browser, rig, 'review', { ...owner, channelId: ids.moderation }, showReview);
    await shoot(browser, rig, 'log', owner, (page) => showAnswer(page, 'mod log'));
    await shoot(browser, rig, 'settings', owner, (page) => showAnswer(page, 'mod settings'));
    await shoot(browser, rig, 'explain', owner, showExplanation);
    await shoot(browser, rig, 'family', owner, showFamily);
    const complaints = browser.takeComplaints();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  } finally {
    await browser.close();
    await rig.close();
  }
}

interface Scene extends BrowserContextOptions {
  /** Whom the page shows as; default the plain member. */
  readonly as?: string;
  readonly channelId?: string;
  /** What of the page is taken; default all. */
  readonly part?: (page: Page) => Promise<Locator>;
}

async function shoot(
  browser: BrowserRig,
  rig: PageRig,
  name: string,
  { as = ids.moderator, channelId = ids.general, part, ...options }: Scene,
  stage: (page: Page, rig: PageRig) => Promise<void>,
): Promise<void> {
  const page = await browser.open(rig.at(as, channelId), options);
  await stage(page, rig);
  await page.evaluate(() =>
    Promise.all(
      Array.from(document.images, (image) => (image.complete ? image.decode().catch(() => undefined) : undefined)),
    ),
  );
  const taken = part === undefined ? page : await part(page);
  const shot = await taken.screenshot({ animations: 'disabled' });
  await sharp(shot)
    .png({ palette: true, colors: COLORS, compressionLevel: 9, effort: 10 })
    .toFile(new URL(`${name}.png`, FOLDER).pathname);
  await page.context().close();
}

async function showCard(page: Page, rig: PageRig): Promise<void> {
  const jobid = rig.finishedGrid('a lighthouse in a storm, oil on canvas');
  const card = await ask(page, 'job show', { job: jobid });
  await card.locator('.media img').first().waitFor();
  await page.locator('.messages').evaluate((list) => list.scrollTo({ top: list.scrollHeight }));
}

async function newestCard(page: Page): Promise<Locator> {
  return page.locator('.flow > .message').last().locator('.components').first();
}

async function showBoard(page: Page): Promise<void> {
  await page.locator('.message').first().getByRole('button', { name: 'Dismiss message' }).click();
  const answer = await ask(page, 'jobs');
  await answer.locator('.components').waitFor();
  await page.getByRole('tab', { name: 'Wire' }).click();
  await page.locator('.wire-line').first().waitFor();
}

/** A rule, a grid with two children of it, and a job that awaits its review. */
async function stageModeration({ discord, useapi }: PageRig): Promise<void> {
  const owner = discord.people(ids.owner);
  const command = (path: string, options = {}) => owner.command(ids.general, { path, options });
  await command('notify add', { channel: ids.showcase, mention: ids.artistRole });
  await command('notify add', { channel: ids.general, prompt: 'castle' });
  await command('mod quota', { scope: 'member', 'per-day': 20 });
  await endAJob(useapi, command, GRID);
  const card = await command('job show', { job: GRID });
  const buttons = JSON.stringify(card.message?.components).matchAll(/"custom_id":"(press:[^"]+)","label":"(?:U2|V1)"/g);
  for (const [, customId = ''] of buttons) await owner.press(card.message?.id ?? '', customId);
  await command('mod review', { mode: 'on', channel: ids.moderation, quorum: 2 });
  await endAJob(useapi, command, 'an owl of folded paper');
}

/** A job that the bot has seen running, and that has ended; its prompt is what it is found by afterwards. */
async function endAJob(
  { world }: PageRig['useapi'],
  command: (path: string, options: object) => Promise<unknown>,
  prompt: string,
): Promise<void> {
  const jobid = world.startJob({ version: 'v3', prompt });
  await command('job show', { job: jobid });
  world.advance(jobid, { to: 'completed' });
  await command('job show', { job: jobid });
  if (prompt === GRID) GRID = jobid;
}

async function showReview(page: Page): Promise<void> {
  const card = messageWith(page, 'Review');
  await card.getByRole('button', { name: 'Approve' }).waitFor();
  await page.locator('.messages').evaluate((list) => list.scrollTo({ top: list.scrollHeight }));
}

async function showAnswer(page: Page, path: string): Promise<void> {
  await (await ask(page, path)).locator('.components').waitFor();
}

async function showExplanation(page: Page): Promise<void> {
  await sendCommand(page, 'notify explain', { job: GRID });
  await messageWith(page, 'matched').waitFor();
}

async function showFamily(page: Page): Promise<void> {
  await sendCommand(page, 'job family', { job: GRID });
  await messageWith(page, 'in the family of').waitFor();
}

await takeScreenshots();
