import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Demo } from '../../../sandbox/demo/demo.ts';
import { ids, startWorld, textOf, type World } from '../../e2e/start-world.ts';

const EPHEMERAL = 1 << 6;

describe('the history of a demo', () => {
  let world: World;
  let demo: Demo;
  let knownBefore: number;

  beforeAll(async () => {
    world = await startWorld({ useapi: { speed: 1, seedJobs: true, publishedRecords: false, maxJobs: 3 } });
    demo = aDemo();
    knownBefore = await suggest('clock without hands');
    await demo.begin();
    await world.app().whenIdle();
  });
  afterAll(async () => {
    demo.close();
    await world.close();
  });

  function aDemo(): Demo {
    return new Demo({ discord: world.discord, world: world.useapi.world, look: () => world.app().poll() });
  }

  function shownIn(channelId: string): readonly string[] {
    return world.owner.messages(channelId).map((message) => textOf(message));
  }

  async function suggest(job: string): Promise<number> {
    const typed = { path: 'job show', options: { job } };
    return (await world.member.autocomplete(ids.general, typed, 'job')).length;
  }

  function listRules() {
    return world.owner.autocomplete(ids.general, { path: 'notify remove', options: { rule: '' } }, 'rule');
  }

  it('is made by the bot: a card, a notification and a review, and nothing that only one person sees', () => {
    const all = [ids.general, ids.showcase, ids.moderation].flatMap((id) => world.owner.messages(id));

    expect(shownIn(ids.general)).toEqual([expect.stringContaining('a lighthouse in a storm')]);
    expect(shownIn(ids.showcase)).toEqual([expect.stringContaining('lantern parade')]);
    expect(shownIn(ids.moderation)).toEqual([expect.stringMatching(/wild flowers.*Approve/)]);
    expect(all.filter(({ author, flags = 0 }) => author.bot !== true || (flags & EPHEMERAL) !== 0)).toEqual([]);
  });

  it('lets the prepared jobs be found by suggestion', async () => {
    expect(knownBefore).toBe(0);
    expect(await suggest('clock without hands')).toBe(2);
    expect(await suggest('kite')).toBe(2);
    expect(await suggest('lighthouse')).toBe(4);
  });

  it('follows a job in #general for one who opens the page, and no other when the page is opened anew', async () => {
    const followed = () => shownIn(ids.general).filter((text) => text.includes('night train'));
    demo.setWatched(true);
    await expect.poll(followed).toEqual([expect.stringContaining('Cancel')]);
    const [job] = world.useapi.world.list().slice(-1);
    world.useapi.world.advance(job?.jobid ?? '', { to: 'completed' });

    demo.setWatched(false);
    demo.setWatched(true);
    await world.app().poll();

    expect(world.useapi.world.list().at(-1)).toMatchObject({ jobid: job?.jobid });
    demo.setWatched(false);
  });

  it('leaves the settings of an earlier run as they are', async () => {
    await world.owner.command(ids.general, { path: 'notify remove', options: { rule: 1 } });
    await world.restart();

    await aDemo().begin();

    expect(await listRules()).toEqual([]);
  });

  it('ends quietly where the bot is gone', async () => {
    await world.app().stop();

    await expect(aDemo().begin()).resolves.toBeUndefined();

    await world.restart();
  });
});
