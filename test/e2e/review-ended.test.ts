import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../sandbox/discord/world/people.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

const SECRET = 'zanzibar lighthouse';
const ENDS = ['cancelled', 'failed', 'moderated', 'expired'] as const;

describe('jobs of a server with review that end without a result, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
    await mod('allow', { action: 'review', role: ids.moderatorRole });
  });
  afterEach(() => world.close());

  const mod = (path: string, options = {}) => world.owner.command(ids.general, { path: `mod ${path}`, options });
  const show = async (person: Person, job: string, isPublic = false) =>
    textOf((await person.command(ids.general, { path: 'job show', options: { job, public: isPublic } })).message);
  const postsIn = (channelId: string) => world.owner.messages(channelId).filter(({ author }) => author.bot);
  /** Everything that a person can read anywhere. */
  const seenBy = ({ userId }: Person) => {
    const whole = world.discord.people(userId);
    return JSON.stringify(whole.channels().flatMap((channel) => whole.messages(channel.id)));
  };

  /** A job that was seen nearly done, with a card that follows it, and then ended. */
  async function stop(end: (typeof ENDS)[number], version: 'v2' | 'v3'): Promise<string> {
    const jobid = world.useapi.world.startJob({ version, prompt: SECRET });
    await world.app().poll();
    await world.moderator.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    world.useapi.world.advance(jobid, { to: 'progress', percent: 93 });
    world.skip(6_000);
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: end });
    world.skip(6_000);
    await world.app().poll();
    await world.app().whenIdle();
    world.skip(6_000);
    await world.app().whenIdle();
    return jobid;
  }

  it.each(ENDS)('shows members no more than that it ended, on any surface: %s', async (end) => {
    await mod('review', { mode: 'on', channel: ids.moderation });
    await world.owner.command(ids.general, {
      path: 'notify add',
      options: { channel: ids.general, events: 'started, completed, failed, cancelled, moderated' },
    });
    const jobids = [await stop(end, 'v2'), await stop(end, 'v3')];
    const shown: string[] = [];
    for (const jobid of jobids) {
      shown.push(await show(world.member, jobid));
      const ofOwner = await world.owner.command(ids.general, {
        path: 'job show',
        options: { job: jobid, public: true },
      });
      await world.owner.press(ofOwner.message?.id ?? '', controlOf(ofOwner.message, 'job-refresh'));
    }
    const found = await world.member.autocomplete(
      ids.general,
      { path: 'job show', options: { job: 'zanzibar' } },
      'job',
    );

    for (const text of shown) expect(text).toMatch(new RegExp(`ended before it could be reviewed.*${end}`, 'is'));
    expect(found).toEqual([]);
    expect(seenBy(world.member)).not.toMatch(/zanzibar/i);
    expect(seenBy(world.member)).not.toMatch(/https?:[^"\\]*\.(?:png|jpe?g|webp|mp4)/);
    expect(await show(world.moderator, jobids[0] ?? '')).toContain(SECRET);
    const answers = postsIn(ids.showcase).filter((message) => textOf(message).includes('The job `'));
    expect(answers).toHaveLength(2);
  });

  it('posts no reviews of a family that ended before review was turned on, though it is first met afterwards', async () => {
    const root = world.useapi.world.startJob({ prompt: SECRET });
    world.useapi.world.advance(root, { to: 'completed' });
    for (const button of ['V1', 'V2', 'V3']) {
      const jobid = world.useapi.world.startJob({ parentJobid: root, button, prompt: 'an old one' });
      world.useapi.world.advance(jobid, { to: 'completed' });
    }
    world.skip(61_000);
    await mod('review', { mode: 'on', channel: ids.moderation });

    const family = await world.member.command(ids.general, { path: 'job family', options: { job: root } });
    await world.app().whenIdle();

    expect(textOf(family.message)).toMatch(/4 jobs.*zanzibar.*an old one/s);
    expect(postsIn(ids.moderation)).toEqual([]);
  });

  it('shows what ended before review was turned on as it was', async () => {
    const jobid = await stop('cancelled', 'v3');
    world.skip(1_000);

    await mod('review', { mode: 'on', channel: ids.moderation });

    expect(await show(world.member, jobid)).toContain(SECRET);
  });
});
