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
