import { afterEach, describe, expect, it } from 'vitest';
import type { TypedCommand } from '../../sandbox/discord/world/people.ts';
import type { MjFlavour } from '../../sandbox/mj/mj-switches.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';
import { aMask } from './submission-world.ts';

const FLAVOURS: readonly MjFlavour[] = ['trueai', 'novicezk', 'new-api'];

describe.each(FLAVOURS)('the bot at a Midjourney proxy of the kind %s', (flavour) => {
  let world: World;
  afterEach(() => world.close());

  const posts = (channelId: string) => world.owner.messages(channelId).filter((message) => message.author.bot);
  const paid = () =>
    world.mj.requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/mj/submit/')).length;
  const settle = async () => {
    await world.app().poll();
    await world.app().whenIdle();
  };

  async function imagine(prompt: string): Promise<string> {
    await world.moderator.command(ids.general, { path: 'imagine', options: { prompt } });
    await world.app().whenIdle();
    const job = world.mj.world.list().find((one) => one.prompt === prompt);
    if (job === undefined) throw new Error('It made no job.');
    return job.jobid;
  }

  it('runs three jobs, shows one, posts the end of one once, and pays once for a press', async () => {
    world = await startWorld({ mj: { switches: { flavour } } });
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    const jobids = [await imagine('a lighthouse'), await imagine('a red fox'), await imagine('a bridge')];
    const [first = ''] = jobids;
    await settle();

    const board = await world.member.command(ids.general, { path: 'jobs' });
    world.mj.world.advance(first, { to: 'completed' });
    await settle();
    await settle();
    const shown = await world.moderator.command(ids.general, {
      path: 'job show',
      options: { job: first, public: true },
    });
    const paidBefore = paid();
    await world.moderator.press(shown.message?.id ?? '', controlOf(shown.message, 'press', 'V2'));
    await world.app().whenIdle();

    expect(textOf(board.message)).toMatch(/3 running jobs/);
    expect(posts(ids.showcase)).toHaveLength(1);
    expect(textOf(posts(ids.showcase)[0])).toMatch(/a lighthouse.*attachment/s);
    expect(paid() - paidBefore).toBe(1);
    expect(world.mj.world.find(first)?.children).toHaveLength(1);
    for (const message of world.owner.messages(ids.general).concat(posts(ids.showcase)))
      expect(JSON.stringify(message)).not.toContain(world.mj.url);
  });

  it('describes and blends pictures that are files, by one paid call each', async () => {
    world = await startWorld({ mj: { switches: { flavour } } });
    const picture = await aMask(16, 16);
    const command = (path: string, options: TypedCommand['options'] = {}) =>
      world.moderator.command(ids.general, { path, options });

    const described = await command('describe', { picture });
    world.mj.world.advance(world.mj.world.list()[0]?.jobid ?? '', { to: 'completed' });
    await settle();
    world.skip(5_001);
    await world.app().whenIdle();
    await command('blend', { 'picture-1': picture, 'picture-2': picture, shape: 'Landscape' });
    const refused = await command('describe', { link: 'https://example.com/fox.webp' });

    expect(textOf(described.message)).toContain('/describe mask.png');
    expect(textOf(posts(ids.general)[0])).toContain('a picture in other words, version 1');
    expect(textOf(refused.message)).toContain('Upload it to Discord');
    expect(world.mj.world.list()).toMatchObject([
      { verb: 'describe', status: 'completed' },
      { verb: 'blend', blendDimensions: 'Landscape' },
    ]);
    expect(paid()).toBe(2);
  });

  it('offers what that kind can do, and says what it does not list', async () => {
    world = await startWorld({ mj: { switches: { flavour } } });
    const own = await imagine('a lighthouse of ours');
    world.mj.startTask({ prompt: 'a fox of somebody else' });
    await settle();
    world.skip(5_001);

    const board = textOf((await world.owner.command(ids.general, { path: 'jobs' })).message);
    const card = textOf((await world.owner.command(ids.general, { path: 'job show', options: { job: own } })).message);
    await world.owner.command(ids.general, { path: 'job cancel', options: { job: own } });
    world.mj.world.setSwitches({ submits: 'no-account' });
    const options = { prompt: 'a bridge' };
    const blocked = textOf((await world.owner.command(ids.general, { path: 'imagine', options })).message);

    const isReseller = flavour === 'new-api';
    expect(board).toContain('a lighthouse of ours');
    expect(board.includes('a fox of somebody else')).toBe(!isReseller);
    expect(board.includes('doesn’t list jobs that were started elsewhere')).toBe(isReseller);
    expect(board).not.toMatch(/slots busy|\d\/\d/);
    expect(card.includes('"job-cancel:')).toBe(flavour === 'trueai');
    expect(blocked).not.toContain('api-reset');
    expect(blocked).toContain('has no Midjourney account');
  });
});
