import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toLargePlan, toLargeServer } from '../../sandbox/discord/world/large-plan.ts';
import { controlOf, ids, startWorld, textOf, type World, type WorldOptions } from './start-world.ts';

/** One after the other, so that they are on different shards of two. */
const [one, other] = [toLargeServer(0), toLargeServer(1)];
type Server = typeof one;

const DAY_MS = 86_400_000;
const REGISTER_IN_SERVER = 'PUT /applications/{application_id}/guilds/{guild_id}/commands';
const REGISTER = 'PUT /applications/{application_id}/commands';

describe('servers that come and go, over sockets', () => {
  let world: World;

  afterEach(() => world.close());

  async function start(options: WorldOptions = {}): Promise<void> {
    const { discord, ...rest } = options;
    world = await startWorld({ guildIds: 'all', shards: 2, discord: { world: toLargePlan(2), ...discord }, ...rest });
  }

  /** The owner of both servers. */
  const command = ({ generalId }: Pick<Server, 'generalId'>, path: string, options = {}) =>
    world.outsider.command(generalId, { path, options });
  const posts = ({ generalId }: Pick<Server, 'generalId'>) =>
    world.outsider.messages(generalId).filter(({ author, flags }) => author.bot === true && (Number(flags) & 64) === 0);
  const removeBot = ({ guildId }: Server) => world.discord.world.removeMember(guildId, world.discord.applicationId);
  const invite = ({ guildId, botRoleId }: Server) =>
    world.discord.world.addMember(guildId, world.discord.applicationId, [botRoleId]);

  async function settle(): Promise<void> {
    await world.app().poll();
    await world.app().whenIdle();
  }

  async function runJob(prompt: string): Promise<void> {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt });
    await settle();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();
  }

  /** What the store holds of a server, by collection. */
  const keysOf = ({ guildId }: Server) =>
    world.betweenRuns(async (store) => {
      const rules = ['rules', 'watches', 'live-boards', 'recent-plans', 'greetings', 'memberships'];
      const moderation = [
        'guild-settings',
        'log',
        'log-heads',
        'log-ids',
        'reviews',
        'quota-days',
        'privacy-deletions',
      ];
      const held: string[] = [];
      for (const name of [...rules, ...moderation]) {
        for await (const [key] of store.collection(name, z.unknown()).entries())
          if (key === guildId || key.startsWith(`${guildId}:`)) held.push(name);
      }
      return held;
    });

  it('are served on both shards, with one registration of the commands for all', async () => {
    await start();
    for (const server of [one, other]) await command(server, 'notify add', { channel: server.generalId });

    await runJob('a bridge at dawn');

    expect([one, other].map((server) => posts(server).length)).toEqual([1, 1]);
    expect(world.discord.connectedSessions()).toBe(2);
    expect(world.discord.requests.of(REGISTER)).toHaveLength(1);
    expect(world.discord.world.commands.list(one.guildId)).toEqual([]);
  });

  it('are served from when they join, and greeted once', async () => {
    await start({ prepare: (_useapi, discord) => discord.world.removeMember(one.guildId, discord.applicationId) });
    world.discord.world.updateGuild(one.guildId, { systemChannelId: one.generalId });

    invite(one);
    await expect.poll(() => posts(one).length).toBe(1);
    const added = await command(one, 'notify add', { channel: one.generalId });
    await runJob('a bridge at dawn');
    await world.restart();
    await settle();

    expect(controlOf(posts(one)[0], 'setup-open')).not.toBe('');
    expect(textOf(added.message)).toContain('Rule #1 saved');
    expect(posts(one)).toHaveLength(2);
  });

  it('are not served where the list does not name them', async () => {
    await start({ guildIds: [one.guildId] });

    const seen = await Promise.all(
      [one, other].map(({ guildId }) => world.discord.world.commands.list(guildId).length),
    );

    expect(seen).toEqual([expect.toSatisfy((count: number) => count > 0), 0]);
    expect(world.discord.requests.of(REGISTER)).toEqual([]);
  });

  it('that remove the bot end what was to be posted there, and find it paused when they come back', async () => {
    await start();
    for (const server of [one, other]) await command(server, 'notify add', { channel: server.generalId });
    await command(one, 'jobs', { pin: 'here' });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    await settle();
    await command(one, 'watch add', { job: jobid });
    await settle();
    const before = posts(one).length;

    removeBot(one);
    await settle();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();
    world.skip(60_000);
    await settle();
    invite(one);
    await settle();
    await runJob('a bridge at dawn');
    const list = await command(one, 'notify list');
    const watches = await command(one, 'watch list');

    expect(posts(one)).toHaveLength(before);
    expect(posts(other)).toHaveLength(2);
    expect(textOf(list.message)).toContain('Paused since I was removed from this server');
    expect(textOf(watches.message)).not.toContain('lighthouse');
    await world.outsider.press(list.message?.id ?? '', controlOf(list.message, 'rule-resume'));
    await runJob('a tower');
    expect(posts(one)).toHaveLength(before + 1);
  });

  it('that remove the bot get nothing made that was in line', async () => {
    await start({ useapi: { maxJobs: 1 } });
    const slot = world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    const waiting = await command(one, 'imagine', { prompt: 'a house' });
    const line = textOf(waiting.message);

    removeBot(one);
    await expect.poll(() => textOf(waiting.message)).toContain('Cancelled while it was in line');
    world.useapi.world.advance(slot, { to: 'completed' });
    await settle();

    expect(line).toContain('in line');
    expect(world.useapi.world.list().map(({ prompt }) => prompt)).toEqual(['a lighthouse']);
  });

  it('that have removed the bot while it was away end in the same way', async () => {
    await start();
    await command(one, 'notify add', { channel: one.generalId });
    await world.betweenRuns(async () => removeBot(one));
    await settle();
    await runJob('a bridge at dawn');

    invite(one);
    await settle();
    const list = await command(one, 'notify list');

    expect(textOf(list.message)).toContain('Paused since I was removed from this server');
    expect(posts(one)).toEqual([]);
  });

  it('are forgotten 30 days after they removed the bot', async () => {
    await start();
    await command(one, 'notify add', { channel: one.generalId });
    await command(one, 'mod review', { mode: 'on' });
    await runJob('a bridge at dawn');
    await runJob('a tower');
    await command(one, 'imagine', { prompt: 'a house' });
    await command(one, 'jobs', { pin: 'here' });
    await command(other, 'notify add', { channel: other.generalId });
    removeBot(one);
    await settle();

    world.skip(29 * DAY_MS);
    await settle();
    const kept = await keysOf(one);
    world.skip(DAY_MS);
    await settle();
    const gone = await keysOf(one);

    expect(kept).toEqual(
      expect.arrayContaining(['rules', 'guild-settings', 'log-ids', 'reviews', 'quota-days', 'memberships']),
    );
    expect(kept).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(watches|live-boards)$/)]));
    expect(gone).toEqual([]);
    expect(await keysOf(other)).toEqual(expect.arrayContaining(['rules', 'log', 'memberships']));
  });

  it('are forgotten after the time that they set for their log', async () => {
    await start();
    await command(one, 'mod retention', { days: 7 });
    removeBot(one);
    await settle();

    world.skip(7 * DAY_MS - 60_000);
    await settle();
    const kept = await keysOf(one);
    world.skip(120_000);
    await settle();

    expect(kept).toContain('guild-settings');
    expect(await keysOf(one)).toEqual([]);
  });

  it('with an outage lose nothing, and are posted to after it', async () => {
    await start();
    await command(one, 'notify add', { channel: one.generalId });
    world.discord.faults.gateway.setGuildAvailable(one.guildId, false);
    await settle();
    const during = await keysOf(one);

    world.discord.faults.gateway.setGuildAvailable(one.guildId, true);
    await runJob('a bridge at dawn');
    const list = await command(one, 'notify list');

    expect(during).toContain('rules');
    expect(textOf(list.message)).not.toContain('Paused');
    expect(posts(one)).toHaveLength(1);
  });

  it('lose nothing, and hear nothing twice, where a session cannot be resumed', async () => {
    await start({ discord: { sessionLivesMs: 0 } });
    for (const server of [one, other]) await command(server, 'notify add', { channel: server.generalId });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    await settle();

    world.discord.faults.gateway.drop({ canResume: true });
    await expect.poll(() => world.discord.connectedSessions()).toBe(0);
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();
    await expect.poll(() => world.discord.connectedSessions()).toBe(2);
    await settle();
    const answers = await Promise.all([one, other].map((server) => command(server, 'notify list')));

    expect([one, other].map((server) => posts(server).length)).toEqual([1, 1]);
    expect(answers.map(({ message }) => textOf(message).includes('Paused'))).toEqual([false, false]);
  });

  it('that removed the bot while a session was lost are noticed by the next one', async () => {
    await start({ discord: { sessionLivesMs: 0 } });
    await command(one, 'notify add', { channel: one.generalId });

    world.discord.faults.gateway.drop({ canResume: true });
    await expect.poll(() => world.discord.connectedSessions()).toBe(0);
    removeBot(one);
    await expect.poll(() => world.discord.connectedSessions()).toBe(2);
    await settle();
    invite(one);
    await settle();

    expect(textOf((await command(one, 'notify list')).message)).toContain('Paused since I was removed');
  });
});

describe('commands that were registered in the servers', () => {
  it('are taken away there when they are registered for all', async () => {
    const world = await startWorld({
      guildIds: 'all',
      prepare: (_useapi, { world: { commands } }) => {
        commands.replaceAll(ids.guild, [{ name: 'jobs', description: 'of before' }]);
      },
    });
    const offered = () => world.discord.people(ids.owner).commands(ids.general);

    await expect.poll(() => world.discord.world.commands.list(ids.guild)).toEqual([]);
    const names = offered().map(({ name }) => name);
    await expect.poll(() => world.discord.requests.of(REGISTER_IN_SERVER).length).toBe(2);
    await world.restart();
    await world.app().whenIdle();
    const cleared = world.discord.requests.of(REGISTER_IN_SERVER).length;
    await world.close();

    expect(names).toEqual([...new Set(names)]);
    expect(names).toContain('jobs');
    expect(cleared).toBe(2);
  });
});
