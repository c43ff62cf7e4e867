import type { APIMessage } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';
import { labelsOf, type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const { general } = ids;
const BUTTON = { method: 'POST', path: '/v3/midjourney/jobs/button' };
const BY_MODERATOR = `by <@${ids.moderator}>`;

describe('a private card from which a button is pressed, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld();
    world = submissions.world;
  });
  afterEach(() => world.close());

  /** A finished job, and its card that the moderator alone sees. */
  async function aPrivateCard(over: Parameters<typeof world.useapi.world.startJob>[0] = {}) {
    const jobid = world.useapi.world.startJob({ prompt: 'seen by one', ...over });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const { message } = await world.moderator.command(general, { path: 'job show', options: { job: jobid } });
    if (message === undefined) throw new Error('There is no card.');
    return { jobid, message };
  }

  const now = ({ id }: APIMessage) => world.moderator.messages(general).find((message) => message.id === id);
  const press = (message: APIMessage, label: string) =>
    world.moderator.press(message.id, controlOf(message, 'press', label));

  it('is marked at once, and leads to the new card as soon as that is there', async () => {
    const { message } = await aPrivateCard();

    const seen = await press(message, 'V2');
    await expect.poll(() => labelsOf(now(message))).toContain('V2 ✓');
    const marked = textOf(now(message));
    await world.app().whenIdle();

    const [child] = submissions.posts(general);
    expect(textOf(answerTo(seen))).toMatch(/\*\*V2\*\* started/);
    expect(marked).toMatch(new RegExp(`V2 → .*${BY_MODERATOR}`));
    expect(textOf(child)).toContain('Variation of image 2');
    await expect.poll(() => textOf(now(message))).toContain(`/${child?.id}) ${BY_MODERATOR}`);
    expect(textOf(now(message))).toContain('Share');
  });

  it('is marked although the job of it cannot be read any more', async () => {
    const { jobid, message } = await aPrivateCard();
    const mend = world.useapi.faults.add({
      match: { method: 'GET', path: `/v3/midjourney/jobs/${encodeURIComponent(jobid)}` },
      action: { kind: 'status', status: 503, body: { error: 'x' } },
    });

    await press(message, 'U2');

    await expect.poll(() => labelsOf(now(message))).toContain('U2 ✓');
    expect(textOf(now(message))).toMatch(new RegExp(`U2 → .*${BY_MODERATOR}`));
    mend();
  });

  it('is marked by what was filled into a form', async () => {
    const { message } = await aPrivateCard({ kind: 'upscale' });

    const form = await press(message, 'Custom Zoom');
    const seen = await world.moderator.submit(form.id, { prompt: 'further away --zoom 2' });

    expect(textOf(answerTo(seen))).toContain('started');
    await expect.poll(() => labelsOf(now(message))).toContain('Custom Zoom ✓');
  });

  it('is marked by a press with a prompt, and by one that is confirmed, whose messages stand below it', async () => {
    const { message } = await aPrivateCard();
    const choice = answerTo(await world.moderator.press(message.id, controlOf(message, 'press-with')));
    const value = /"label":"V3","value":"(\w{10})"/.exec(JSON.stringify(choice?.components))?.[1] ?? '';
    const form = await world.moderator.select(choice?.id ?? '', controlOf(choice, 'press-pick'), [value]);

    const first = answerTo(await world.moderator.submit(form.id, { prompt: 'in another light' }));
    await expect.poll(() => labelsOf(now(message))).toContain('V3 ✓');
    await world.app().whenIdle();
    world.skip(11_000);
    const question = answerTo(await press(message, 'V3'));
    await world.moderator.press(question?.id ?? '', controlOf(question, 'press-again'));
    await world.app().whenIdle();

    const [, second] = submissions.posts(general);
    expect(textOf(first)).toContain('started');
    expect(textOf(question)).toContain('Start another?');
    expect(submissions.paid()).toBe(2);
    await expect.poll(() => textOf(now(message))).toContain(`/${second?.id}) ${BY_MODERATOR}`);
  });

  it('shows what waits, and no longer when that is taken back', async () => {
    const { message } = await aPrivateCard();
    const full = world.useapi.faults.add({ match: BUTTON, action: { kind: 'status', status: 429 } });

    const waiting = answerTo(await press(message, 'V1'));
    await expect.poll(() => textOf(now(message))).toContain(`V1 is in line · <@${ids.moderator}>`);
    await world.moderator.press(waiting?.id ?? '', controlOf(waiting, 'act-cancel'));

    await expect.poll(() => textOf(now(message))).not.toContain('is in line');
    expect(labelsOf(now(message))).toContain('V1');
    full();
  });

  it('stays as it is where nothing comes of the press, and says why beside it', async () => {
    const { message } = await aPrivateCard();
    const before = textOf(now(message));
    await world.owner.command(general, { path: 'mod deny', options: { action: 'press', role: ids.moderatorRole } });

    const seen = await press(message, 'V1');

    expect(textOf(answerTo(seen))).toContain('You may not click');
    expect(textOf(now(message))).toBe(before);
  });

  it('says that it takes a moment where nothing else shows it', async () => {
    const { message } = await aPrivateCard();
    const slow = world.useapi.faults.add({ match: BUTTON, takesEffect: true, action: { kind: 'delay', ms: 2_500 } });

    const seen = await press(message, 'V4');
    const first = textOf(answerTo(seen));
    await expect.poll(() => textOf(answerTo(seen))).toContain('started');

    slow();
    expect(first).toContain('One moment');
    expect(seen.followUps).toHaveLength(1);
    await expect.poll(() => labelsOf(now(message))).toContain('V4 ✓');
  });

  it('is left alone when Discord lets nobody edit it any more', async () => {
    const { jobid, message } = await aPrivateCard();
    await press(message, 'V1');
    await expect.poll(() => labelsOf(now(message))).toContain('V1 ✓');
    world.skip(15 * 60_000);

    const typed = { path: 'job show', options: { job: jobid } };
    const { message: other } = await world.owner.command(general, typed);
    const seen = await world.owner.press(other?.id ?? '', controlOf(other, 'press', 'V2'));
    await expect.poll(() => labelsOf(seen.message)).toContain('V2 ✓');
    await world.app().whenIdle();

    expect(labelsOf(now(message))).not.toContain('V2 ✓');
  });
});
