import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import { listPins } from '../../sandbox/discord/world/pins.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

const TICK_MS = 21_000;

describe('/jobs pin, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const jobs = (pin: string, who = world.owner) => who.command(ids.general, { path: 'jobs', options: { pin } });
  const posts = () =>
    world.owner.messages(ids.general).filter(({ author, flags }) => author.bot && (Number(flags) & 64) === 0);
  const edits = () => world.discord.requests.of('PATCH /channels/{channel_id}/messages/{message_id}').length;

  /** Lets time pass, and the boards be looked at. */
  async function tick(): Promise<void> {
    world.skip(TICK_MS);
    await world.app().poll();
    await world.app().whenIdle();
  }

  it('keeps one message of what runs up to date, also over a restart', async () => {
    const seen = await jobs('here');
    expect(textOf(seen.message)).toContain('shows what runs from now on');
    expect(textOf(posts()[0])).toContain('Nothing is running');

    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    await tick();
    await expect.poll(() => textOf(posts()[0])).toContain('a lighthouse');

    await world.restart();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await tick();
    await expect.poll(() => textOf(posts()[0])).not.toContain('a lighthouse');
    expect(posts()).toHaveLength(1);
  });

  it('is one a channel, however often it is asked for', async () => {
    await jobs('here');
    const again = await jobs('here');

    expect(textOf(again.message)).toContain('already');
    expect(posts()).toHaveLength(1);
  });

  it('is edited when something changed, and not otherwise', async () => {
    await jobs('here');
    world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    await tick();
    await expect.poll(edits).toBeGreaterThan(0);
    const before = edits();
    await tick();
    await tick();

    expect(edits() - before).toBeLessThanOrEqual(1);
  });

  it('makes no calls to the API of its own', async () => {
    await jobs('here');
    await tick();
    const lists = () => world.useapi.requests.filter(({ path }) => /jobs\/?$/.test(path)).length;
    const before = lists();
    await tick();

    // One of each board for the poll.
    expect(lists() - before).toBe(2);
  });

  it('ends by command, and by deleting its message', async () => {
    await jobs('here');
    expect(textOf((await jobs('off')).message)).toContain('no longer updated');
    expect(textOf(posts()[0])).toContain('no longer updated');
    expect(textOf((await jobs('off')).message)).toContain('no live board');

    await jobs('here');
    expect(posts()).toHaveLength(2);
    world.discord.world.messages.delete(posts()[1]?.id ?? '');
    world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    await tick();
    await tick();

    await expect.poll(async () => textOf((await jobs('off')).message)).toContain('no live board');
    expect(posts()).toHaveLength(1);
  });

  it('needs Pin Messages only where it is to be pinned', async () => {
    const refused = await jobs('pinned');
    expect(textOf(refused.message)).toContain('Pin Messages');
    expect(posts()).toEqual([]);

    const role = world.discord.world.guilds.get(ids.guild)?.roles.get(ids.botRole);
    const permissions = BigInt(role?.permissions ?? 0) | Permission.PinMessages;
    world.discord.world.updateRole(ids.guild, ids.botRole, { permissions: permissions.toString() });
    await jobs('pinned');

    expect(listPins(world.discord.world, ids.general).map(({ message }) => message.id)).toEqual([posts()[0]?.id]);
  });

  it('is for those who may share, and its Refresh for all who may look', async () => {
    expect(textOf((await jobs('here', world.member)).message)).toContain('You may not share jobs');
    await jobs('here');
    world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    world.skip(6_000);

    await world.member.press(posts()[0]?.id ?? '', controlOf(posts()[0], 'live-board'));

    expect(textOf(posts()[0])).toContain('a lighthouse');
  });
});
