import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { type RealBot, refusalOf, startRealBot } from './real-client.ts';

const PNG = `data:image/png;base64,${Buffer.alloc(8).toString('base64')}`;
const ROUTE = `/applications/${ids.application}/emojis` as const;

describe('emojis of the application by the real discord.js', () => {
  let bot: RealBot;

  beforeAll(async () => {
    bot = await startRealBot();
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  it('uploads, lists, renames and deletes them', async () => {
    const { emojis } = bot.client.application;

    const made = await emojis.create({ name: 'grid', attachment: PNG });
    const renamed = await emojis.edit(made.id, { name: 'tiles' });
    const listed = await emojis.fetch();
    await emojis.delete(made.id);

    expect([made.animated, renamed.name, [...listed.keys()]]).toEqual([false, 'tiles', [made.id]]);
    expect(await refusalOf(bot.client.rest.get(`${ROUTE}/${made.id}`))).toEqual({ code: 10014, status: 404 });
  });

  it.each([
    ['a name of one letter', { name: 'x', image: PNG }],
    ['a name with a blank', { name: 'a b', image: PNG }],
    ['no picture', { name: 'grid' }],
    ['what is no picture', { name: 'grid', image: 'data:text/plain;base64,AAAA' }],
    ['a picture over 256 KiB', { name: 'grid', image: `data:image/png;base64,${'A'.repeat(360_000)}` }],
  ])('refuses %s', async (_what, body) => {
    expect(await refusalOf(bot.client.rest.post(ROUTE, { body }))).toEqual({ code: 50035, status: 400 });
  });

  it('takes 2,000 and no more (30008), and none for another application', async () => {
    const { world } = bot.discord;
    while (world.emojis.list().length < 2_000) world.emojis.add('grid', false);
    const foreign = '/applications/1111111111111111111/emojis';

    expect(await refusalOf(bot.client.application.emojis.create({ name: 'grid', attachment: PNG }))).toEqual({
      code: 30008,
      status: 400,
    });
    expect(await refusalOf(bot.client.rest.get(foreign))).toEqual({ code: 20012, status: 403 });
  });
});
