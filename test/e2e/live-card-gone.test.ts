import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { ids, startWorld, textOf, type World } from './start-world.ts';

const PATCH = 'PATCH /channels/{channel_id}/messages/{message_id}';
const UNKNOWN_CHANNEL = { kind: 'status', status: 404, body: { code: 10003, message: 'Unknown Channel' } } as const;
const MINUTE_MS = 60_000;

describe('a live card whose channel Discord does not know, over sockets', () => {
  let world: World;
  let jobid: string;

  beforeEach(async () => {
    world = await startWorld();
    jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    await settle();
    await world.owner.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    await world.app().whenIdle();
  });
  afterEach(() => world.close());

  const posts = () =>
    world.owner.messages(ids.showcase).filter(({ author, flags = 0 }) => author.bot === true && (flags & 64) === 0);
  const received = () => world.owner.messages(world.discord.people(ids.owner).openDm());

  async function settle(): Promise<void> {
    await world.app().poll();
    await world.app().whenIdle();
  }

  /** Wakes the queue first: it notices by itself within seconds only what a clock set forward has made due. */
  const countAfterWork = (list: () => readonly unknown[]) => async () => {
    await world.app().whenIdle();
    return list().length;
  };

  it('comes to its end and mentions whom it promised to, where that was for once', async () => {
    world.discord.faults.add({ route: PATCH, fault: UNKNOWN_CHANNEL, times: 1 });
    world.useapi.world.advance(jobid, { to: 'progress', percent: 40 });
    await settle();
    world.discord.faults.add({ route: PATCH, fault: UNKNOWN_CHANNEL, times: 1 });
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();
    world.skip(MINUTE_MS);

    await expect.poll(countAfterWork(posts)).toBe(2);

    expect(textOf(posts()[1])).toContain(`<@${ids.owner}>`);
    expect(received()).toEqual([]);
  });

  it('is made up for by one direct message, where the channel was deleted', async () => {
    world.discord.world.deleteChannel(ids.showcase);
    world.useapi.world.advance(jobid, { to: 'progress', percent: 40 });
    await settle();
    const postedBefore = received().length;

    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();
    await expect.poll(countAfterWork(received)).toBe(1);
    await world.restart();
    await settle();

    expect(postedBefore).toBe(0);
    expect(received()).toHaveLength(1);
    expect(textOf(received()[0])).toMatch(new RegExp(`${toJobRef(jobid)}.*is complete.*couldn’t ping you`, 's'));
  });

  it('is made up for by a direct message that comes once, though the answer to it is lost', async () => {
    const route = 'POST /channels/{channel_id}/messages';
    const path = `/channels/${world.discord.people(ids.owner).openDm()}/`;
    world.discord.world.deleteChannel(ids.showcase);
    world.discord.faults.add({ route, path, fault: { kind: 'cut-after' }, times: 1 });

    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();

    await expect.poll(() => received().length).toBe(1);
    await world.app().whenIdle();
    expect(received()).toHaveLength(1);
  });
});
