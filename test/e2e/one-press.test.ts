import type { APIMessage } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const { general, showcase } = ids;
/** One slot, so that a second job is in line. */
const ONE_SLOT = { maxJobs: 1, switches: { retryAfter: 'seconds', retryAfterSeconds: 1 } } as const;
const QUARTER_HOUR_MS = 15 * 60_000;
const EPHEMERAL = 64;

describe('one press makes one message in the channel and one private note, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;
  let before = { notes: 0, posts: 0, elsewhere: 0 };

  beforeEach(async () => {
    submissions = await startSubmissionWorld({ useapi: ONE_SLOT });
    world = submissions.world;
    for (const action of ['press', 'view'])
      await world.owner.command(general, { path: 'mod allow', options: { action, role: ids.artistRole } });
  });
  afterEach(() => world.close());

  /** What the member alone sees: private answers and direct messages. */
  const notes = () => {
    const hidden = [general, showcase].flatMap((channelId) => world.member.messages(channelId)).filter(isPrivate);
    return [...hidden, ...world.member.messages(world.discord.people(ids.member).openDm())];
  };
  const count = () => ({
    notes: notes().length,
    posts: submissions.posts(general).length,
    elsewhere: submissions.posts(showcase).length,
  });
  const begin = () => {
    before = count();
  };
  /** What has come since `begin`. */
  const came = () => {
    const now = count();
    return {
      notes: now.notes - before.notes,
      posts: now.posts - before.posts,
      elsewhere: now.elsewhere - before.elsewhere,
    };
  };
  const settle = async () => {
    await world.app().poll();
    await world.app().whenIdle();
  };
  const press = async (message: APIMessage | undefined, label = 'V2') => {
    const seen = await world.member.press(message?.id ?? '', controlOf(message, 'press', label));
    await settle();
    return answerTo(seen);
  };
  const running = () => world.useapi.world.list().find(({ status }) => status !== 'completed')?.jobid ?? '';
  const finish = async (to: 'completed' | 'moderated' = 'completed') => {
    world.useapi.world.advance(running(), { to, ...(to === 'moderated' && { details: 'the very reason' }) });
    world.skip(5_001);
    await settle();
  };
  const reject = async (reason: string) => {
    const review = submissions.posts(ids.moderation).at(-1);
    const form = await world.owner.press(review?.id ?? '', controlOf(review, 'review-reject'));
    await world.owner.submit(form.id, { reason });
    world.skip(5_001);
    await settle();
  };
  const notify = (options: Record<string, string>) =>
    world.owner.command(general, { path: 'notify add', options: { channel: general, ...options } });

  it('on a card in the channel, to the ping at its end', async () => {
    const { message } = await submissions.aCard();
    begin();

    const note = await press(message);
    const pressed = came();
    await finish();

    const [card, ping] = submissions.posts(general).slice(before.posts);
    expect(textOf(note)).toContain('**V2** started. I’ll ping you');
    expect(pressed).toEqual({ notes: 1, posts: 1, elsewhere: 0 });
    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
    expect(card?.message_reference?.message_id).toBe(message.id);
    expect(ping?.message_reference?.message_id).toBe(card?.id);
    expect(ping?.mentions.map(({ id }) => id)).toEqual([ids.member]);
    expect(textOf(ping)).toMatch(/a quiet harbour.*attachments/s);
    expect(textOf(ping)).toContain(`https://discord.com/channels/${ids.guild}/${general}/${card?.id}`);
  });

  it('on a private card, which shows it too', async () => {
    const { jobid } = await submissions.aCard();
    const { message } = await world.member.command(general, { path: 'job show', options: { job: jobid } });
    begin();

    await press(message);
    const pressed = came();
    await finish();

    expect(pressed).toEqual({ notes: 1, posts: 1, elsewhere: 0 });
    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
  });

  it('with a line to wait in, whose note becomes what came of it', async () => {
    const { message } = await submissions.aCard();
    const other = world.useapi.world.startJob({ prompt: 'in the way' });
    begin();

    const waiting = textOf(await press(message));
    const inLine = came();
    world.useapi.world.advance(other, { to: 'completed' });
    await settle();
    await expect.poll(() => came().posts).toBe(1);
    await expect.poll(() => textOf(notes().at(-1))).toContain('I’ll ping you');
    const started = came();
    await finish();

    expect(waiting).toContain('**#1** in line');
    expect(inLine).toEqual({ notes: 1, posts: 0, elsewhere: 0 });
    expect(started).toEqual({ notes: 1, posts: 1, elsewhere: 0 });
    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
  });

  it('with a line that takes longer than its note can be changed', async () => {
    const { message } = await submissions.aCard();
    const other = world.useapi.world.startJob({ prompt: 'in the way' });
    begin();

    await press(message);
    world.skip(QUARTER_HOUR_MS);
    world.useapi.world.advance(other, { to: 'completed' });
    await settle();
    await expect.poll(() => came().posts).toBe(1);
    await settle();
    await finish();

    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
  });

  it('with rules for its start and end there, and somebody who follows it', async () => {
    await notify({ events: 'started, completed' });
    await notify({ events: 'completed', mention: ids.artistRole });
    await notify({ events: 'started, completed', channel: showcase });
    const { message } = await submissions.aCard();
    await settle();
    begin();

    await press(message);
    const pressed = came();
    await world.moderator.command(general, { path: 'watch add', options: { job: running() } });
    const explain = { path: 'notify explain', options: { job: running() } };
    const explained = await world.owner.command(general, explain);
    await finish();

    const ping = submissions.posts(general).at(-1);
    expect(pressed).toEqual({ notes: 1, posts: 1, elsewhere: 1 });
    expect(textOf(explained.message)).toContain('#1 matched · the job’s live card shows it');
    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 2 });
    expect(ping?.mentions.map(({ id }) => id).sort()).toEqual([ids.moderator, ids.member].sort());
    expect(ping?.mention_roles).toEqual([ids.artistRole]);
  });

  it('with a rule that pings a role at the start, which takes a post of its own', async () => {
    await notify({ events: 'started', mention: ids.artistRole });
    const { message } = await submissions.aCard();
    await settle();
    begin();

    await press(message);

    const pinged = submissions.posts(general).slice(before.posts);
    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
    expect(pinged.flatMap(({ mention_roles }) => mention_roles)).toEqual([ids.artistRole]);
  });

  it('where Midjourney moderates the job, whose reason takes the place of the note', async () => {
    const { message } = await submissions.aCard();
    begin();

    await press(message);
    await finish('moderated');

    expect(textOf(notes().at(-1))).toContain('the very reason');
    expect(submissions.posts(general).map(textOf).join()).not.toContain('the very reason');
    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
  });

  it('where Midjourney moderates it when the note can no longer be changed: the ping leads to the reason', async () => {
    const { message } = await submissions.aCard();
    begin();

    await press(message);
    world.skip(QUARTER_HOUR_MS);
    await finish('moderated');
    const ping = submissions.posts(general).at(-1);
    const counted = came();
    const opened = await world.member.press(ping?.id ?? '', controlOf(ping, 'ended-open'));

    expect(counted).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
    expect(ping?.mentions.map(({ id }) => id)).toEqual([ids.member]);
    expect(textOf(ping)).toContain('**Details** shows why to whoever started it.');
    expect(textOf(answerTo(opened))).toContain('the very reason');
  });

  it.each([
    ['while the note can be changed, which says why', 0, 'too dark'],
    ['later: the ping leads to the reason', QUARTER_HOUR_MS, 'I’ll ping you'],
  ])('where its result is rejected %s', async (_, later, said) => {
    const { message } = await submissions.aCard();
    await world.owner.command(general, { path: 'mod review', options: { mode: 'on', channel: ids.moderation } });
    begin();

    await press(message);
    await finish();
    world.skip(later);
    await reject('too dark');
    const ping = submissions.posts(general).at(-1);
    const counted = came();
    const note = textOf(notes().at(-1));
    const [mine, others] = await Promise.all(
      [world.member, world.moderator].map(async (person) =>
        textOf(answerTo(await person.press(ping?.id ?? '', controlOf(ping, 'ended-open')))),
      ),
    );

    expect(counted).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
    expect(note).toContain(said);
    expect(textOf(ping)).toMatch(/🔒 The job .* wasn’t approved/);
    expect(ping?.mentions.map(({ id }) => id)).toEqual([ids.member]);
    expect(mine).toContain('too dark');
    expect(others).not.toContain('too dark');
    expect(submissions.posts(general).map(textOf).join()).not.toContain('too dark');
  });

  it('where its result is rejected and no channel has its card: the note, or one direct message in its place', async () => {
    const { jobid } = await submissions.aCard();
    await world.owner.command(general, { path: 'mod review', options: { mode: 'on', channel: ids.moderation } });
    const { message } = await world.member.command(general, { path: 'job show', options: { job: jobid } });
    const overwrite = { id: ids.application, kind: 'member', allow: 0n, deny: Permission.SendMessages } as const;
    world.discord.world.setOverwrite(general, overwrite);
    begin();

    await press(message, 'V2');
    await finish();
    await reject('too dark');
    const inTime = came();
    await press(message, 'V3');
    await finish();
    world.skip(QUARTER_HOUR_MS);
    await reject('too bright');

    expect(inTime).toEqual({ notes: 1, posts: 0, elsewhere: 0 });
    expect(came()).toEqual({ notes: 3, posts: 0, elsewhere: 0 });
    expect(textOf(notes().at(-1))).toMatch(/rejected.*too bright/s);
  });

  it('where its result is reviewed: the ping comes with the approval', async () => {
    const { message } = await submissions.aCard();
    await world.owner.command(general, { path: 'mod review', options: { mode: 'on', channel: ids.moderation } });
    begin();

    await press(message);
    await finish();
    const held = came();
    const review = submissions.posts(ids.moderation).at(-1);
    await world.owner.press(review?.id ?? '', controlOf(review, 'review-approve'));
    world.skip(5_001);
    await settle();

    expect(held).toEqual({ notes: 1, posts: 1, elsewhere: 0 });
    expect(came()).toEqual({ notes: 1, posts: 2, elsewhere: 0 });
    expect(
      submissions
        .posts(general)
        .at(-1)
        ?.mentions.map(({ id }) => id),
    ).toEqual([ids.member]);
  });
});

function isPrivate({ flags }: APIMessage): boolean {
  return flags !== undefined && (flags & EPHEMERAL) !== 0;
}
