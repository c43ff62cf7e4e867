import { afterEach, beforeEach, expect, it } from 'vitest';
import { ids, startWorld, textOf, type World } from './start-world.ts';

let world: World;

beforeEach(async () => {
  world = await startWorld({ guildIds: [ids.guild, ids.otherGuild] });
});
afterEach(() => world.close());

it('says of a job that nobody knows whose it is that it may show up, in the server that waits and in no other', async () => {
  const match = { method: 'POST', path: '/v3/midjourney/jobs/imagine' };
  world.useapi.faults.add({ match, action: { kind: 'cut' }, times: 1 });
  await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'lost' } });
  const job = world.useapi.world.startJob({ prompt: 'from somewhere' });
  const show = { path: 'job show', options: { job } };

  const here = await world.member.command(ids.general, show);
  const elsewhere = await world.outsider.command(ids.otherGeneral, show);
  world.skip(10 * 60_000);
  const later = await world.member.command(ids.general, show);

  expect(textOf(here.message)).toContain('I don’t know this job yet');
  expect(textOf(elsewhere.message)).toContain('no such job here');
  expect(textOf(later.message)).toContain('from somewhere');
});

it('posts such a job that ended while the bot was away, once an answered prompt shows that it is nobody’s here', async () => {
  const match = { method: 'POST', path: '/v3/midjourney/jobs/imagine' };
  await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase, media: 'none' } });
  world.useapi.faults.add({ match, action: { kind: 'cut' }, times: 1 });
  await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'lost' } });
  const job = world.useapi.world.startJob({ prompt: 'from somewhere' });
  await world.app().poll();
  await world.whileStopped(async () => world.useapi.world.advance(job, { to: 'completed' }));
  const posts = () => world.member.messages(ids.showcase).map(textOf);
  const look = async () => {
    await world.app().poll();
    await world.app().whenIdle();
  };

  await look();
  const before = posts();
  await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'answered' } });
  for (let looks = 0; looks < 3; looks += 1) await look();

  expect(before).toEqual([]);
  expect(posts().filter((text) => text.includes('from somewhere'))).toHaveLength(1);
});
