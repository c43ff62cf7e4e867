import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { everyHandler } from '../every-handler.ts';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids, type PageRig } from './page-world.ts';
import { ask, messageIds, messageWith, openCommand, pickOption, sendCommand } from './typing.ts';
import { UsedControls } from './used-controls.ts';
import { failures, finish, walkControls, walkModal } from './walk.ts';

const MINUTES = { timeout: 600_000 };

it('every kind of control has a part in which a browser uses it', () => {
  const planned = Object.values(CONTROL_PLAN).flat();
  const names = everyHandler.controls.map(({ name }) => name);

  expect(names.filter((name) => !planned.includes(name))).toEqual([]);
  expect(planned.filter((name) => !names.includes(name))).toEqual([]);
});

describe.skipIf(isWithoutBrowser)('every kind of control in a browser, as the owner', () => {
  const suite = usePage();

  it('answers on cards', MINUTES, async () => {
    const { rig } = suite;
    await rig.shown.controls.carryOut({ order: 'set-slots', slots: 12 });
    const jobid = await rig.runningJob('a grid to be pressed');
    await rig.endAll();
    const walker = await begin();

    await walker.walk((page) => sendCommand(page, 'job show', { job: jobid }));

    await rig.endAll();
    await walker.end(CONTROL_PLAN.cards);
  });

  it('answers on families', MINUTES, async () => {
    const { rig } = suite;
    const parentJobid = rig.finishedGrid('a grid with children');
    const children = ['U1', 'U2'].map((button) =>
      rig.useapi.world.startJob({ kind: 'upscale', button, parentJobid, prompt: 'a grid with children' }),
    );
    await rig.endAll();
    const walker = await begin();

    await walker.walk((page) => sendCommand(page, 'job family', { job: children[0] ?? '' }));

    await walker.end(CONTROL_PLAN.families);
  });

  it('answers on lists of what runs', MINUTES, async () => {
    const { rig } = suite;
    const [train, ship] = [await rig.runningJob('a train that waits'), await rig.runningJob('a ship that waits')];
    const walker = await begin();

    await walker.walk((page) => sendCommand(page, 'jobs'));
    const question = await ask(walker.page, 'job cancel', { job: ship });
    // The walk clicks the first button of a question, which takes the other one away.
    await question.getByRole('button', { name: 'Keep it' }).click();
    await finish(walker.page, rig);
    await walker.walk((page) => sendCommand(page, 'job cancel', { job: train }));
    await walker.walk((page) => sendCommand(page, 'watch add', { job: ship }));
    await walker.walk((page) => sendCommand(page, 'watch list'));

    await walker.end(CONTROL_PLAN.running);
  });

  it('answers on rules and the log', MINUTES, async () => {
    const walker = await begin();

    await walker.walk((page) => sendPicked(page, 'notify add', { channel: '#showcase' }));
    await walker.walk((page) => sendCommand(page, 'mod log'));
    await walker.walk((page) => sendPicked(page, 'mod privacy', { member: 'Mia', what: 'delete' }));

    await walker.end(CONTROL_PLAN.settings);
  });

  it('answers on what waits in line', MINUTES, async () => {
    const { rig } = suite;
    await rig.shown.controls.carryOut({ order: 'set-slots', slots: 0 });
    const walker = await begin();

    await walker.walk((page) => sendCommand(page, 'imagine', { prompt: 'a queue in the rain' }));

    await rig.shown.controls.carryOut({ order: 'set-slots', slots: 12 });
    await rig.endAll();
    await walker.end(CONTROL_PLAN.line);
  });

  it('answers on reviews', MINUTES, async () => {
    const { rig } = suite;
    const owner = rig.discord.people(ids.owner);
    await owner.command(ids.general, { path: 'mod review', options: { mode: 'on', channel: ids.moderation } });
    const verdicts = {
      Approve: 'a result to show',
      Reject: 'a result to hide',
      'Ask for a variation': 'a result to vary',
    };
    for (const prompt of Object.values(verdicts)) await rig.runningJob(prompt);
    await rig.endAll();
    const walker = await begin(ids.moderation);
    const { page } = walker;

    for (const [verdict, prompt] of Object.entries(verdicts)) {
      await messageWith(page, prompt).getByRole('button', { name: verdict }).click();
      await finish(page, rig);
      await walkModal(page, rig);
    }
    const kinds = new Set<string>();
    for (const id of await messageIds(page)) await walkControls(page, rig, id, kinds);

    await walker.end(CONTROL_PLAN.reviews);
  });

  it('answers on an API channel that takes no jobs', MINUTES, async () => {
    const { rig } = suite;
    const owner = rig.discord.people(ids.owner);
    await owner.command(ids.general, { path: 'mod alerts', options: { channel: ids.moderation } });
    await rig.shown.controls.carryOut({ order: 'set-api', trouble: 'blocked' });
    const walker = await begin();

    await walker.walk((page) => sendCommand(page, 'imagine', { prompt: 'a closed door' }));

    await rig.shown.controls.carryOut({ order: 'reset' });
    await walker.end(CONTROL_PLAN.blocked);
  });

  async function begin(channelId: string = ids.general): Promise<Walker> {
    const url = suite.rig.at(ids.owner, channelId);
    return new Walker(await suite.browser.open(url, { viewport: { width: 1440, height: 900 } }), suite.rig);
  }
});

/** Walks over what comes of commands on one page. */
class Walker {
  readonly page: Page;
  readonly #rig: PageRig;
  readonly #used = new UsedControls();

  constructor(page: Page, rig: PageRig) {
    this.page = this.#used.watch(page);
    this.#rig = rig;
  }

  /** Uses every control of what comes of an action, and of what comes of those, the kinds that nobody used before. */
  async walk(act: (page: Page) => Promise<void>): Promise<void> {
    const { page } = this;
    await finish(page, this.#rig);
    const before = new Set(await messageIds(page));
    await act(page);
    await finish(page, this.#rig);
    const first = await messageIds(page);
    for (const id of first.filter((at) => !before.has(at))) await walkControls(page, this.#rig, id);
    await finish(page, this.#rig);
    for (const id of (await messageIds(page)).filter((at) => !before.has(at) && !first.includes(at)))
      await walkControls(page, this.#rig, id, new Set(this.#used.kinds));
  }

  /** Nothing failed, and these kinds of controls were used. */
  async end(kinds: readonly string[]): Promise<void> {
    this.#used.expectAll(kinds);
    expect(await failures(this.page)).toEqual([]);
    await this.page.context().close();
  }
}

async function sendPicked(page: Page, path: string, lines: Readonly<Record<string, string>>): Promise<void> {
  await openCommand(page, path);
  for (const [name, line] of Object.entries(lines)) await pickOption(page, name, line);
  await page.getByRole('button', { name: `Send /${path}` }).click();
}
