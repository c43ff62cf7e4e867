import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { everyHandler } from '../every-handler.ts';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids, type PageRig } from './page-world.ts';
import { messageWith, openCommand, pickOption, sendCommand } from './typing.ts';
import { failures, messageIds, settle, walkControls, walkModal } from './walk.ts';

/**
 * Driven over sockets alone: pages and more buttons are there only where there is much, the rest after
 * lost answers and refusals.
 */
const ELSEWHERE = new Set([
  ...['explain-page', 'jobs-page', 'mod-words', 'rules-page', 'watch-page'],
  ...['alert-settings', 'api-reset', 'press-again', 'press-more', 'submit-again'],
]);

describe.skipIf(isWithoutBrowser)('every kind of control in a browser', () => {
  const suite = usePage();

  it('answers the owner, who uses all that cards, lists, rules, reviews and alerts have', {
    timeout: 300_000,
  }, async () => {
    const { rig, browser } = suite;
    const used = listen(rig);
    const jobid = await stage(rig);
    const page = await browser.open(rig.at(ids.owner, ids.general), { viewport: { width: 1440, height: 900 } });

    await walk(page, () => sendCommand(page, 'job show', { job: jobid }));
    await endAll(rig);
    await walk(page, () => sendCommand(page, 'job family', { job: childOf(rig, jobid) }));
    const [train, ship] = [await running(rig, 'a train that waits'), await running(rig, 'a ship that waits')];
    await walk(page, () => sendCommand(page, 'jobs'));
    await walk(page, () => sendCommand(page, 'job cancel', { job: train }));
    await walk(page, () => sendCommand(page, 'watch add', { job: ship }));
    await walk(page, () => sendCommand(page, 'watch list'));
    await walk(page, () => sendPicked(page, 'notify add', { channel: '#showcase' }));
    await walk(page, () => sendCommand(page, 'mod log'));
    await walk(page, () => sendPicked(page, 'mod privacy', { member: 'Mia', what: 'delete' }));
    await rig.shown.controls.carryOut({ order: 'set-slots', slots: 0 });
    await walk(page, () => sendCommand(page, 'imagine', { prompt: 'a queue in the rain' }));
    await rig.shown.controls.carryOut({ order: 'set-slots', slots: 12 });
    await endAll(rig);
    await review(page, rig);
    // Last: for ten minutes after it, what is new in its API channel may have come of it, and belongs to nobody.
    await page.getByRole('button', { name: /^general/ }).click();
    await rig.shown.controls.carryOut({ order: 'set-api', trouble: 'blocked' });
    await walk(page, () => sendCommand(page, 'imagine', { prompt: 'a closed door' }));
    await rig.shown.controls.carryOut({ order: 'reset' });

    const missing = everyHandler.controls
      .map(({ name }) => name)
      .filter((name) => !used.has(name) && !ELSEWHERE.has(name));
    expect(missing).toEqual([]);
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });
});

/** The names of the controls that people use from now on. */
function listen(rig: PageRig): ReadonlySet<string> {
  const used = new Set<string>();
  rig.discord.world.subscribe((change) => {
    if (change.kind !== 'interaction-sent') return;
    const { data } = change.payload;
    const customId = typeof data === 'object' && data !== null ? Reflect.get(data, 'custom_id') : undefined;
    if (typeof customId === 'string') used.add(customId.split(':')[0] ?? '');
  });
  return used;
}

/** A grid that the bot knows, and where alerts go. */
async function stage(rig: PageRig): Promise<string> {
  const owner = rig.discord.people(ids.owner);
  await rig.shown.controls.carryOut({ order: 'set-slots', slots: 12 });
  await owner.command(ids.general, { path: 'mod alerts', options: { channel: ids.moderation } });
  const grid = await running(rig, 'a grid to be pressed');
  await endAll(rig);
  return grid;
}

/** Every job that runs ends well, and the bot sees it. */
async function endAll(rig: PageRig): Promise<void> {
  const { world } = rig.useapi;
  for (const { jobid, status } of world.list()) {
    if (status === 'created' || status === 'started' || status === 'progress')
      world.advance(jobid, { to: 'completed' });
  }
  await rig.shown.controls.carryOut({ order: 'look-now' });
}

/** A job that runs, and that the bot has seen running. */
async function running(rig: PageRig, prompt: string): Promise<string> {
  const jobid = rig.useapi.world.startJob({ prompt });
  await rig.shown.controls.carryOut({ order: 'look-now' });
  return jobid;
}

function childOf(rig: PageRig, jobid: string): string {
  const child = rig.useapi.world.list().find(({ parentJobid }) => parentJobid === jobid);
  if (child === undefined) throw new Error(`Nothing was made from ${jobid}`);
  return child.jobid;
}

async function sendPicked(page: Page, path: string, lines: Readonly<Record<string, string>>): Promise<void> {
  await openCommand(page, path);
  for (const [name, line] of Object.entries(lines)) await pickOption(page, name, line);
  await page.getByRole('button', { name: `Send /${path}` }).click();
}

/** Uses every control of all that comes of an action, and of what comes of that. */
async function walk(page: Page, act: () => Promise<void>): Promise<void> {
  const known = new Set(await messageIds(page));
  await act();
  for (let round = 0; round < 2; round += 1) {
    await settle(page);
    const fresh = (await messageIds(page)).filter((id) => !known.has(id));
    for (const id of fresh) await walkControls(page, id);
    for (const id of fresh) known.add(id);
  }
}

/** Three results, one verdict each, and then whatever stands in the moderators' channel. */
async function review(page: Page, rig: PageRig): Promise<void> {
  const owner = rig.discord.people(ids.owner);
  await owner.command(ids.general, { path: 'mod review', options: { mode: 'on', channel: ids.moderation } });
  const verdicts = { Approve: 'a result to show', Reject: 'a result to hide', 'Ask for variation': 'a result to vary' };
  for (const prompt of Object.values(verdicts)) await running(rig, prompt);
  await endAll(rig);
  await page.getByRole('button', { name: /^moderation/ }).click();
  for (const [verdict, prompt] of Object.entries(verdicts)) {
    await messageWith(page, prompt).getByRole('button', { name: verdict }).click();
    await settle(page);
    await walkModal(page);
  }
  for (const id of await messageIds(page)) await walkControls(page, id);
}
