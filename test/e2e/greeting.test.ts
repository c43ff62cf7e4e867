import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import { answerTo, controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

describe('the greeting, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({ guildIds: [ids.guild, ids.otherGuild] });
  });
  afterEach(() => world.close());

  const inGeneral = () => world.owner.messages(ids.general).filter(({ author }) => author.bot === true);
  const toOwner = () => {
    const dm = world.discord.people(ids.owner).openDm();
    return world.owner.messages(dm).filter(({ author }) => author.bot === true);
  };
  const setSystemChannel = () => world.discord.world.updateGuild(ids.guild, { systemChannelId: ids.general });

  /** The bot is thrown out and invited again: all that it knew of the server is what its store holds. */
  async function join(): Promise<void> {
    world.discord.world.removeMember(ids.guild, world.discord.applicationId);
    world.discord.world.addMember(ids.guild, world.discord.applicationId, [ids.botRole]);
    await settle();
  }

  async function settle(): Promise<void> {
    await world.app().whenIdle();
  }

  /** Makes the bot a stranger: as if it had never seen the server. */
  async function forget(): Promise<void> {
    await world.betweenRuns(async (store) => {
      await store.collection('greetings', z.unknown()).delete(ids.guild);
      setSystemChannel();
      world.discord.world.updateMember(ids.guild, world.discord.applicationId, { joinedAt: Date.now() });
    });
    await settle();
  }

  it('does not come to servers that the bot has been in for long', async () => {
    setSystemChannel();
    await world.restart();
    await settle();

    expect([...inGeneral(), ...toOwner()]).toEqual([]);
  });

  it('comes once to the system channel of a server that joined while the bot was away, also over restarts', async () => {
    await forget();
    await world.restart();
    await settle();
    await join();

    expect(inGeneral()).toHaveLength(1);
    expect(textOf(inGeneral()[0])).toContain('/imagine');
    expect(toOwner()).toEqual([]);
  });

  it('opens /setup for those who may, and says to others what they lack', async () => {
    await forget();
    const [greeting] = inGeneral();
    const open = controlOf(greeting, 'setup-open');

    const ofOwner = answerTo(await world.owner.press(greeting?.id ?? '', open));
    const ofMember = answerTo(await world.member.press(greeting?.id ?? '', open));

    expect(textOf(ofOwner)).toContain('Set up this server');
    expect(textOf(ofMember)).toContain('Manage Server');
  });
});

describe('the greeting of a server that joins while the bot runs', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({
      prepare: (_useapi, discord) => discord.world.removeMember(ids.guild, discord.applicationId),
    });
  });
  afterEach(() => world.close());

  const join = () => world.discord.world.addMember(ids.guild, world.discord.applicationId, [ids.botRole]);
  const botsIn = (channelId: string) =>
    world.owner.messages(channelId).filter(({ author, flags }) => author.bot === true && (Number(flags) & 64) === 0);
  const ownerDm = () => world.discord.people(ids.owner).openDm();

  it('comes to its system channel', async () => {
    world.discord.world.updateGuild(ids.guild, { systemChannelId: ids.general });

    join();

    await expect.poll(() => botsIn(ids.general).length).toBe(1);
    await world.app().whenIdle();
    expect(botsIn(ownerDm())).toEqual([]);
  });

  it('comes to its owner where it has none', async () => {
    join();

    await expect.poll(() => botsIn(ownerDm()).length).toBe(1);
    expect(textOf(botsIn(ownerDm())[0])).toMatch(/Midjourney Studio.*\/setup/s);
  });

  it('comes to its owner where the bot may not post in it', async () => {
    world.discord.world.updateGuild(ids.guild, { systemChannelId: ids.general });
    world.discord.world.setOverwrite(ids.general, {
      id: ids.botRole,
      kind: 'role',
      allow: 0n,
      deny: Permission.SendMessages,
    });

    join();

    await expect.poll(() => botsIn(ownerDm()).length).toBe(1);
    expect(botsIn(ids.general)).toEqual([]);
  });

  it('ends where its owner takes no direct messages', async () => {
    world.discord.people(ids.owner).setDmsClosed(true);

    join();
    const opened = () => world.discord.requests.of('POST /users/@me/channels').length;
    await expect.poll(opened).toBeGreaterThan(0);
    await world.app().whenIdle();

    expect(botsIn(ownerDm())).toEqual([]);
  });
});
