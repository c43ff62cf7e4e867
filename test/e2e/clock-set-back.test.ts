import { afterEach, beforeEach, expect, it } from 'vitest';
import { ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const HOURS_2 = 7_200_000;

let submissions: SubmissionWorld;
let world: World;

beforeEach(async () => {
  submissions = await startSubmissionWorld({ clockAheadMs: HOURS_2, pollIntervalMs: 300 });
  world = submissions.world;
});
afterEach(() => world.close());

const lists = () => world.useapi.requests.filter(({ path }) => path === '/v3/midjourney/jobs').length;

it('goes on looking at the API, and reports what ends', async () => {
  await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.general } });
  await expect.poll(lists).toBeGreaterThan(1);

  world.setClock(-HOURS_2);
  const jobid = world.useapi.world.startJob({ prompt: 'after the step' });
  world.useapi.clearRequests();
  await expect.poll(lists).toBeGreaterThan(1);
  world.useapi.world.advance(jobid, { to: 'completed' });

  await expect.poll(() => submissions.posts(ids.general).map(textOf).join()).toContain('after the step');
});

it('shows what runs now, not a list from before', async () => {
  await world.member.command(ids.general, { path: 'jobs' });

  world.setClock(-HOURS_2);
  world.useapi.world.startJob({ prompt: 'new since' });
  world.skip(5_001);
  const seen = await world.member.command(ids.general, { path: 'jobs' });

  expect(textOf(seen.message)).toContain('new since');
});

it('finds a submit whose answer was lost, and never sends it again', async () => {
  world.useapi.faults.add({
    match: { method: 'POST', path: '/v3/midjourney/jobs/imagine' },
    takesEffect: true,
    action: { kind: 'cut' },
    times: 1,
  });
  const match = { method: 'GET' };
  const mend = world.useapi.faults.add({ match, action: { kind: 'status', status: 503 } });
  await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'a lost answer' } });

  world.setClock(-HOURS_2);
  mend();
  await world.restart();

  await expect.poll(() => submissions.posts(ids.general).map(textOf).join()).toContain('a lost answer');
  expect(submissions.paid()).toBe(1);
  expect(world.useapi.world.list()).toHaveLength(1);
});
