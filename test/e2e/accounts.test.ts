import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MjStandIn, startMjStandIn } from '../../sandbox/mj/mj-stand-in.ts';
import { ids, startWorld, textOf, type World } from './start-world.ts';

describe('two accounts and two servers', () => {
  let world: World;
  let lab: MjStandIn;

  beforeEach(async () => {
    lab = await startMjStandIn({ speed: 0 });
    world = await startWorld({
      guildIds: [ids.guild, ids.otherGuild],
      accounts: (studio) => [
        { id: 'studio', backend: 'mj', url: studio.url, secret: studio.secret, guildIds: [ids.guild] },
        { id: 'lab', backend: 'mj', url: lab.url, secret: lab.secret, guildIds: [ids.otherGuild] },
      ],
    });
  });
  afterEach(async () => {
    await world.close();
    await lab.close();
  });

  const settle = async () => {
    await world.app().poll();
    await world.app().whenIdle();
  };
  const posts = (channelId: string) => world.owner.messages(channelId).filter((message) => message.author.bot);
  const ask = (path: string, options = {}) => world.owner.command(ids.general, { path, options });

  it('show a server the jobs of its own account alone, also after a restart', async () => {
    await ask('notify add', { channel: ids.showcase });
    const own = world.mj.startTask({ prompt: 'a castle of ours' });
    const foreign = lab.startTask({ prompt: 'a secret of theirs' });
    await settle();

    const board = await ask('jobs');
    const shown = await ask('job show', { job: `studio/${own}` });
    const refused = await ask('job show', { job: `lab/${foreign}` });
    world.mj.world.advance(own, { to: 'completed' });
    lab.world.advance(foreign, { to: 'completed' });
    await settle();
    await world.restart();
    await settle();
    const later = await ask('job show', { job: `lab/${foreign}` });

    expect(textOf(board.message)).toContain('a castle of ours');
    expect(textOf(board.message)).not.toMatch(/theirs|lab\//);
    expect(textOf(shown.message)).toContain('a castle of ours');
    for (const answer of [refused, later]) {
      expect(textOf(answer.message)).toContain('no such job');
      expect(textOf(answer.message)).not.toContain('theirs');
    }
    expect(posts(ids.showcase)).toHaveLength(1);
    expect(textOf(posts(ids.showcase)[0])).toContain('a castle of ours');
  });

  it('start a server’s prompts at its own account', async () => {
    await ask('imagine', { prompt: 'a bridge of ours' });
    await world.app().whenIdle();

    expect(world.mj.world.list().map(({ prompt }) => prompt)).toEqual(['a bridge of ours']);
    expect(lab.world.list()).toEqual([]);
  });

  it('say which account’s list cannot be had, and hide nothing of the other', async () => {
    await lab.close();
    world.mj.startTask({ prompt: 'a castle of ours' });
    world.skip(5_001);

    const board = await ask('jobs');

    expect(textOf(board.message)).toContain('a castle of ours');
    expect(textOf(board.message)).not.toMatch(/⚠️|lab\//);
  });
});
