import { describe, expect, it } from 'vitest';
import type { Fate } from '../../jobs/submissions/fake-submission-api.ts';
import { OutcomeWorld, type Wish } from './outcome-rig.ts';

interface Story {
  readonly wish: Wish;
  readonly fate: Fate;
  readonly hasChannel: boolean;
}

const nothing = async () => undefined;

/**
 * A life that dies after so many writes, one more of that kind, and one that goes on; answers which of the first two
 * died.
 */
async function play(story: Story, first: number, second: number) {
  const world = new OutcomeWorld();
  world.api.fates = [story.fate];
  world.hasChannel = story.hasChannel;
  const asked = await world.live((bot) => bot.ask(story.wish), first);
  const taken = await world.live(nothing, second);
  await world.live(nothing);
  const fault = await findFault(world);
  world.disk.close();
  return { fault, isFirstDead: asked.life.isDead, isSecondDead: taken.life.isDead };
}

/** What is wrong after a story; undefined where nothing is. */
async function findFault(world: OutcomeWorld): Promise<string | undefined> {
  if (world.paid > 1) return `${world.paid} paid calls`;
  if (world.paid > 0 && !(await world.isNotified())) return 'nobody was notified';
  return world.direct.size > 1 ? `${world.direct.size} direct messages` : undefined;
}

/** All stories in which either life dies before any of its writes; what went wrong in them. */
async function walk(story: Story): Promise<{ readonly faults: readonly string[]; readonly count: number }> {
  const faults: string[] = [];
  let count = 0;
  for (let first = 0, isFirstDead = true; isFirstDead; first += 1) {
    for (let second = 0, isSecondDead = true; isSecondDead; second += 1) {
      const lives = await play(story, first, second);
      ({ isFirstDead, isSecondDead } = lives);
      count += 1;
      if (lives.fault !== undefined) faults.push(`after ${first} and ${second} writes: ${lives.fault}`);
    }
  }
  return { faults, count };
}

describe('whoever pays for a job, while the bot dies twice in a row', () => {
  it.each<Story>([
    { wish: 'imagine', fate: 'works', hasChannel: true },
    { wish: 'imagine', fate: 'lost after', hasChannel: true },
    { wish: 'imagine', fate: 'works', hasChannel: false },
    { wish: 'press', fate: 'lost after', hasChannel: false },
  ])('is notified once, wherever it dies: $wish, $fate, card: $hasChannel', async (story) => {
    const { faults, count } = await walk(story);

    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(40);
  });
});
