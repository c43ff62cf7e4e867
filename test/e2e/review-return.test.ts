import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

const P = { view: 1n << 10n, send: 1n << 11n };
const MINUTE_MS = 60_000;

describe('reviews whose channel refuses the bot, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
    await mod('alerts', { channel: ids.showcase });
    await review(ids.moderation);
  });
  afterEach(() => world.close());

  const mod = (path: string, options = {}) => world.owner.command(ids.general, { path: `mod ${path}`, options });
  const review = (channel: string) => mod('review', { mode: 'on', channel });
  const postsIn = (channelId: string) => world.owner.messages(channelId).filter(({ author }) => author.bot === true);
  const cards = () => postsIn(ids.moderation);
  const deny = (bits: bigint) =>
    world.discord.world.setOverwrite(ids.moderation, { id: ids.botRole, kind: 'role', allow: 0n, deny: bits });

  async function runJob(prompt = 'a lighthouse'): Promise<void> {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
  }

  it('come once, by themselves, as soon as the channel lets the bot in again', async () => {
    deny(P.view);
    await runJob('first');
    await runJob('second');
    const before = cards();
    const settings = await mod('settings');

    deny(0n);
    world.discord.world.setOverwrite(ids.moderation, { id: ids.botRole, kind: 'role', allow: P.view, deny: 0n });

    await expect.poll(() => cards().length).toBe(2);
    await world.app().whenIdle();
    expect(before).toEqual([]);
    expect(textOf(cards()[0])).toContain('first');
    expect(cards()).toHaveLength(2);
    expect(postsIn(ids.showcase).map(textOf).join()).toMatch(/couldn’t post the review.*post it once I may/s);
    expect(textOf(settings.message)).toMatch(/I’m missing \*\*View Channel.*2 results not posted to/s);
  });

  it.each([
    [
      'its role may send again',
      () => setRoles((permissions) => permissions & ~P.send),
      () => setRoles((all) => all | P.send),
    ],
    [
      'it has its role again',
      () => world.discord.world.setMemberRoles(ids.guild, ids.application, []),
      () => world.discord.world.setMemberRoles(ids.guild, ids.application, [ids.botRole]),
    ],
  ])('come when %s', async (_name, take, give) => {
    take();
    await runJob();
    const before = cards();

    give();

    await expect.poll(() => cards().length).toBe(1);
    expect(before).toEqual([]);
  });

  function setRoles(change: (permissions: bigint) => bigint): void {
    const { world: discord } = world.discord;
    for (const id of [ids.guild, ids.botRole]) {
      const permissions = BigInt(discord.guilds.get(ids.guild)?.roles.get(id)?.permissions ?? '0');
      discord.updateRole(ids.guild, id, { permissions: String(change(permissions)) });
    }
  }

  it('come within a minute where nothing shows that the channel takes them again', async () => {
    const fault = { kind: 'status', status: 403, body: { code: 50013, message: 'Missing Permissions' } } as const;
    const path = `/channels/${ids.moderation}/messages`;
    const restore = world.discord.faults.add({ fault, route: 'POST', path });
    await runJob('first');
    await runJob('second');
    const asked = () => world.discord.requests.list().filter((entry) => entry.path === path).length;
    const askedBefore = asked();
    world.skip(MINUTE_MS);
    await world.app().whenIdle();
    const askedInVain = asked() - askedBefore;
    restore();

    world.skip(MINUTE_MS);
    await world.app().whenIdle();

    expect(askedInVain).toBe(1);
    expect(cards()).toHaveLength(2);
  });

  it('say in /mod settings that their card cannot be changed, and change it once Discord takes it', async () => {
    await runJob();
    const fault = { kind: 'status', status: 400, body: { code: 50035, message: 'Invalid Form Body' } } as const;
    const route = 'PATCH /channels/{channel_id}/messages/{message_id}';
    const restore = world.discord.faults.add({ fault, route });
    await world.owner.press(cards()[0]?.id ?? '', controlOf(cards()[0], 'review-approve'));
    await world.app().whenIdle();
    const meanwhile = await mod('settings');
    restore();

    world.skip(MINUTE_MS);
    await world.app().whenIdle();

    expect(textOf(meanwhile.message)).toMatch(/can’t update the review card of /);
    expect(textOf(cards()[0])).toContain('Approved');
    expect(textOf((await mod('settings')).message)).not.toContain('can’t update');
  });

  it('do not hold up at the start what was paid for while Discord is slow', async () => {
    deny(P.view);
    await runJob();
    world.useapi.world.setMaxJobs(1);
    const filler = world.useapi.world.startJob({ version: 'v3', prompt: 'a filler' });
    await world.owner.command(ids.general, { path: 'imagine', options: { prompt: 'what waited' } });
    const waited = () => world.useapi.world.list().filter(({ prompt }) => prompt === 'what waited').length;
    const before = waited();
    await world.app().stop();
    world.discord.world.setOverwrite(ids.moderation, { id: ids.botRole, kind: 'role', allow: P.view, deny: 0n });
    world.useapi.world.advance(filler, { to: 'completed' });
    const path = `/channels/${ids.moderation}/messages`;
    const restore = world.discord.faults.add({ route: 'POST', path, fault: { kind: 'delay', ms: 600_000 } });

    await world.restart();

    await expect.poll(waited).toBe(1);
    restore();
    expect(before).toBe(0);
  });

  it('come into another channel when theirs was deleted with the messages in it', async () => {
    await runJob();
    const before = cards();
    world.discord.world.deleteChannel(ids.moderation);

    await review(ids.general);
    await world.restart();
    await world.app().whenIdle();

    const anew = postsIn(ids.general).filter((message) => textOf(message).includes('No votes yet'));
    expect(before).toHaveLength(1);
    expect(anew).toHaveLength(1);
  });

  it('come back where a change of the channel is undone', async () => {
    world.discord.world.setOverwrite(ids.announcements, { id: ids.botRole, kind: 'role', allow: 0n, deny: 0n });
    const changed = await mod('review', { mode: 'on', channel: ids.thread });
    world.discord.world.deleteChannel(ids.thread);
    await runJob();
    const before = cards();

    await world.owner.press(changed.message?.id ?? '', controlOf(changed.message, 'mod-undo'));

    expect(before).toEqual([]);
    expect(cards()).toHaveLength(1);
  });
});
