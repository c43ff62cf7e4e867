import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import { aListedWord } from '../moderation/moderation-builders.ts';
import type { WorldOptions } from './start-world.ts';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const ONE_SLOT: WorldOptions = {
  useapi: { maxJobs: 1, switches: { retryAfter: 'seconds', retryAfterSeconds: 1 } },
};

describe('/imagine, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld(ONE_SLOT);
    world = submissions.world;
  });
  afterEach(() => world.close());

  const imagine = (prompt: string, person: 'moderator' | 'owner' = 'moderator') =>
    world[person].command(ids.general, { path: 'imagine', options: { prompt } });
  /** All slots of the API are taken by this job until it is ended. */
  const takeSlot = () => world.useapi.world.startJob({ version: 'v3', prompt: 'takes the slot' });
  const end = (jobid: string) => world.useapi.world.advance(jobid, { to: 'completed' });
  const newest = () => world.useapi.world.list().at(-1);
  const quota = (perDay: number) =>
    submissions.change((settings) => ({ ...settings, quotas: { member: perDay, roles: [] } }));

  it('answers privately, then follows the job with a card that mentions at its end', async () => {
    const seen = await imagine('a lighthouse');
    await world.app().whenIdle();
    const said = textOf(seen.message);
    end(newest()?.jobid ?? '');
    await world.app().poll();
    world.skip(5_001);
    await world.app().whenIdle();

    const [card, ending] = submissions.posts(ids.general);
    expect(said).toMatch(/a lighthouse.*started/);
    expect((seen.message?.flags ?? 0) & 64).toBe(64);
    expect(textOf(card)).toMatch(/Completed.*a lighthouse/s);
    expect(ending?.mentions.map(({ id }) => id)).toEqual([ids.moderator]);
    expect(submissions.paid()).toBe(1);
  });

  it('waits its turn after a 429, shows its place, and is sent when there is room', async () => {
    const slot = takeSlot();
    const seen = await imagine('waits for a slot');
    const said = textOf(seen.message);
    const second = await imagine('the second one', 'owner');
    const saidSecond = textOf(second.message);

    end(slot);

    expect(said).toMatch(/\*\*#1\*\* in line/);
    expect(saidSecond).toContain('**#2** in line');
    await expect.poll(() => textOf(seen.message)).toContain('started');
    await expect.poll(() => textOf(second.message)).toContain('**#1** in line');
    await expect.poll(() => submissions.posts(ids.general).length).toBe(1);
  });

  it('takes back what waits, for its member or those who may cancel for others', async () => {
    world.useapi.world.setSwitches({ retryAfterSeconds: 3_600 });
    takeSlot();
    const own = await imagine('taken back');
    const other = await imagine('of the owner', 'owner');
    const before = submissions.paid();

    const refused = await world.moderator.press(
      submissions.plant(ids.general, [controlOf(other.message, 'act-cancel')]),
      controlOf(other.message, 'act-cancel'),
    );
    const done = await world.moderator.press(own.message?.id ?? '', controlOf(own.message, 'act-cancel'));

    expect(textOf(refused.message)).toContain('cancel jobs of others');
    expect(done.message?.id).toBe(own.message?.id);
    await expect.poll(() => textOf(own.message)).toContain('Cancelled while it was in line');
    expect(newest()?.prompt).toBe('takes the slot');
    expect(submissions.paid()).toBe(before);
  });

  it('offers to try again what waited and whose answer was lost', async () => {
    const slot = takeSlot();
    const seen = await imagine('lost after its wait');
    world.useapi.faults.add({ match: { method: 'POST' }, times: 1, action: { kind: 'status', status: 504 } });
    end(slot);

    await expect.poll(() => textOf(seen.message)).toContain('Try again');
    const said = textOf(seen.message);
    const before = submissions.paid();
    await world.moderator.press(seen.message?.id ?? '', controlOf(seen.message, 'submit-again'));

    expect(said).toContain('Check `/jobs` before');
    expect(said).toContain('uses one more');
    expect(submissions.paid()).toBe(before + 1);
  });

  it('settles by Cancel what still says that it waits after a restart', async () => {
    const slot = takeSlot();
    const [sent, taken] = [await imagine('sent later'), await imagine('taken back later')];
    const cancel = (id = '', customId = '') => world.moderator.press(id, customId);
    const [takenCancel, sentCancel] = [taken, sent].map(({ message }) => controlOf(message, 'act-cancel'));
    await world.restart();

    await cancel(taken.message?.id, takenCancel);
    end(slot);
    await expect.poll(() => newest()?.prompt).toBe('sent later');
    const cards = () => submissions.posts(ids.general).map(textOf).join();
    await expect.poll(cards).toContain('sent later');
    const stale = textOf(sent.message);
    const late = await cancel(sent.message?.id, sentCancel);

    expect(stale).toContain('in line');
    await expect.poll(() => textOf(taken.message)).toContain('Cancelled while it was in line');
    await expect.poll(() => textOf(sent.message)).toMatch(/no longer in line: it’s `\w{8}`/);
    expect(textOf(answerTo(late))).toContain('no longer in line');
  });

  it('sends what waited after a restart, once, and posts its card where it was asked for', async () => {
    const slot = takeSlot();
    await imagine('over the restart');
    await world.restart();

    end(slot);

    await expect.poll(() => newest()?.prompt).toBe('over the restart');
    await expect.poll(() => submissions.posts(ids.general).map(textOf).join()).toContain('over the restart');
  });

  it('shows the requester alone why v3 moderated the job later; the channel reads only that it was', async () => {
    const seen = await imagine('something nice');
    await world.app().whenIdle();
    const before = submissions.posts(ids.general).map(textOf).join();
    world.useapi.world.advance(newest()?.jobid ?? '', { to: 'moderated', details: 'the very secret reason' });
    await world.app().poll();
    world.skip(5_001);
    await world.app().whenIdle();

    const shown = submissions.posts(ids.general).map(textOf).join();
    await expect.poll(() => textOf(seen.message)).toContain('the very secret reason');
    expect(before).toContain('something nice');
    expect(shown).toContain('Moderated');
    expect(shown).not.toMatch(/secret reason|something nice/);
  });

  it('sends the reason by direct message once the interaction is over and no card pings', async () => {
    const bot = { id: ids.application, kind: 'member' } as const;
    world.discord.world.setOverwrite(ids.general, { ...bot, allow: 0n, deny: Permission.SendMessages });
    await imagine('something nice');
    const jobid = newest()?.jobid ?? '';
    await world.restart();
    world.useapi.world.advance(jobid, { to: 'moderated', details: 'the very secret reason' });
    await world.app().poll();
    await world.app().whenIdle();

    const dms = () => world.moderator.messages(world.discord.people(ids.moderator).openDm()).map(textOf).join();
    await expect.poll(dms).toContain('the very secret reason');
    expect(submissions.posts(ids.general).map(textOf).join()).not.toContain('secret reason');
  });

  it('shows the reason on private cards to the requester and to reviewers alone', async () => {
    await imagine('something nice');
    const job = newest()?.jobid ?? '';
    world.useapi.world.advance(job, { to: 'moderated', details: 'the very secret reason' });
    const show = (person: 'owner' | 'moderator' | 'member') =>
      world[person].command(ids.general, { path: 'job show', options: { job } });

    const cards = [await show('owner'), await show('moderator'), await show('member')];

    expect(cards.map(({ message }) => textOf(message).includes('secret reason'))).toEqual([true, true, false]);
  });

  it('reports at once what Midjourney refuses, and gives the press back', async () => {
    world.useapi.world.setSwitches({ refusedSubmit: 'both' });
    await quota(5);

    const refused = await imagine('a forbidden thing');
    const sent = await imagine('a fine thing');

    expect(textOf(refused.message)).toMatch(/refused.*Nothing was spent/s);
    expect(textOf(sent.message)).toContain('1 of 5 today');
  });

  it('spends the quota of the day, shows it, and refuses what is beyond before anything is sent', async () => {
    await quota(1);
    const first = await imagine('the only one');
    end(newest()?.jobid ?? '');

    const second = await imagine('one too many');

    expect(textOf(first.message)).toContain('1 of 1 today');
    expect(textOf(second.message)).toMatch(/used your 1 job for today/);
    expect(submissions.paid()).toBe(1);
  });

  it('gives back what was spent when what waits is taken back', async () => {
    await quota(1);
    takeSlot();
    const seen = await imagine('taken back');
    await world.moderator.press(seen.message?.id ?? '', controlOf(seen.message, 'act-cancel'));

    const again = await imagine('instead');

    expect(textOf(again.message)).toContain('in line');
  });

  it('refuses listed words before anything is sent', async () => {
    await submissions.change((settings) => ({ ...settings, words: [aListedWord('dragon', 'refuse')] }));

    const seen = await imagine('A DRÅGON? no: a dragon');

    expect(textOf(seen.message)).toContain('dragon');
    expect(submissions.paid()).toBe(0);
  });

  it('never sends twice what got no answer, and asks before Try again', async () => {
    const mend = world.useapi.faults.add({
      match: { method: 'POST', path: '/v3/midjourney/jobs/imagine' },
      times: 1,
      action: { kind: 'cut' },
    });

    const lost = await imagine('lost on the way');
    const said = textOf(lost.message);
    const again = await world.moderator.press(lost.message?.id ?? '', controlOf(lost.message, 'submit-again'));

    mend();
    expect(said).toMatch(/won’t resend it.*Try again/);
    expect(textOf(again.message)).toContain('started');
    expect(submissions.paid()).toBe(2);
  });

  it('leaves one entry in the log for each submit and refusal', async () => {
    await quota(1);
    await imagine('logged');
    await imagine('refused');

    const entries = await submissions.readLog();

    const received = entries.map(({ action, actorId }) => `${action} ${actorId}`);
    expect(received.filter((entry) => entry === `submit ${ids.moderator}`)).toHaveLength(1);
    expect(received.filter((entry) => entry === `refusal ${ids.moderator}`)).toHaveLength(1);
  });

  it('is for those who may submit, and refuses what is no API channel', async () => {
    const refused = await world.member.command(ids.general, { path: 'imagine', options: { prompt: 'x' } });
    const options = { prompt: 'x', 'api-channel': '<@&1>' };
    const wrong = await world.moderator.command(ids.general, { path: 'imagine', options });

    expect(textOf(refused.message)).toContain('You may not start jobs');
    expect(textOf(wrong.message)).toContain('not an API channel');
    expect(submissions.paid()).toBe(0);
  });
});
