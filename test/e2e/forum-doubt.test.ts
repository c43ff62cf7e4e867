import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ids, startWorld, textOf, type World } from './start-world.ts';

const HOUR_MS = 3_600_000;

describe('a forum post whose answer was lost, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.forum } });
  });
  afterEach(() => world.close());

  const posts = () => [...world.discord.world.channels.values()].filter(({ parentId }) => parentId === ids.forum);

  /** A job ends, and the connection breaks after Discord has made its post. */
  async function loseAnswer(): Promise<void> {
    const fault = { kind: 'cut-after' } as const;
    world.discord.faults.add({ fault, route: 'POST /channels/{channel_id}/threads', times: 1 });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'posted once' });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
  }

  it.each([
    ['archived by itself, after a day in which the bot was gone', 24 * HOUR_MS],
    ['archived by a moderator, minutes later', HOUR_MS / 20],
  ])('is found although it was %s', async (_name, laterMs) => {
    await loseAnswer();
    const [post] = posts();
    world.discord.world.updateThread(post?.id ?? '', { archived: true });
    world.skip(laterMs);

    await world.restart();
    await world.app().whenIdle();

    const deliveries = await world.owner.command(ids.general, { path: 'notify deliveries' });
    expect(posts()).toHaveLength(1);
    expect(textOf(deliveries.message)).toContain(`/${post?.id}/${post?.id}`);
  });
});
