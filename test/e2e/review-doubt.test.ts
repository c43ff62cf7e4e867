import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { StoredReview } from '../../src/moderation/reviews/review-store.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

const POST = 'POST /channels/{channel_id}/messages';
const HOUR_MS = 3_600_000;

/** Discord forgets every nonce at once, as it does after some minutes: only looking back helps. */
describe('the card of a review, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({ discord: { nonceLivesMs: 0 } });
    const options = { mode: 'on', channel: ids.moderation };
    await world.owner.command(ids.general, { path: 'mod review', options });
  });
  afterEach(() => world.close());

  const cards = () =>
    world.owner.messages(ids.moderation).filter(({ author, flags = 0 }) => author.bot === true && (flags & 64) === 0);

  async function settle(): Promise<void> {
    await world.app().poll();
    await world.app().whenIdle();
  }

  async function startJob(): Promise<string> {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a lighthouse' });
    await world.app().poll();
    return jobid;
  }

  it('comes once, although the bot dies before it has noted that the review was notified', async () => {
    const jobid = await startJob();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();

    await world.betweenRuns(async (store) => {
      const reviews = store.collection('reviews', StoredReview);
      const key = `${ids.guild}:${toJobRef(jobid)}`;
      const review = await reviews.get(key);
      if (review?.openedToldAt === undefined) throw new Error('The review was not reported.');
      const { openedToldAt: _, ...untold } = review;
      await reviews.set(key, untold);
    });
    await settle();

    expect(cards()).toHaveLength(1);
  });

  it('shows the decision that fell while the answer to its post was lost', async () => {
    const jobid = await startJob();
    const path = `/channels/${ids.moderation}/`;
    world.discord.faults.add({ route: POST, path, fault: { kind: 'cut-after' }, times: 1 });
    const restore = world.discord.faults.add({ route: POST, path, fault: { kind: 'status', status: 503 } });
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await expect.poll(() => cards().length).toBe(1);

    await world.owner.press(cards()[0]?.id ?? '', controlOf(cards()[0], 'review-approve'));
    await world.app().stop();
    restore();
    world.skip(HOUR_MS);
    await world.restart();
    await settle();

    expect(cards()).toHaveLength(1);
    expect(textOf(cards()[0])).toContain('Approved');
  });

  it('stays the only one where Discord once says that its channel is unknown', async () => {
    const jobid = await startJob();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();
    const fault = { kind: 'status', status: 404, body: { code: 10003, message: 'Unknown Channel' } } as const;
    const route = 'PATCH /channels/{channel_id}/messages/{message_id}';
    world.discord.faults.add({ route, fault, times: 1 });

    await world.owner.press(cards()[0]?.id ?? '', controlOf(cards()[0], 'review-approve'));
    await expect.poll(() => textOf(cards()[0])).toContain('Approved');

    expect(cards()).toHaveLength(1);
  });
});
