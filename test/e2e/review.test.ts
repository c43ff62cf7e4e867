import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person, SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';
import { offerEverything } from './walk-bot.ts';

const SECRET = 'zanzibar lighthouse';

describe('reviews, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
    await mod('allow', { action: 'review', role: ids.moderatorRole });
  });
  afterEach(() => world.close());

  const mod = (path: string, options = {}) => world.owner.command(ids.general, { path: `mod ${path}`, options });
  const review = (options = {}) => mod('review', { mode: 'on', channel: ids.moderation, ...options });
  const posts = (channelId: string) => world.owner.messages(channelId).filter((message) => message.author.bot);
  const publicPosts = (channelId: string) => posts(channelId).filter((message) => ((message.flags ?? 0) & 64) === 0);
  const cards = () => publicPosts(ids.moderation);
  const card = () => cards()[0];

  /** A job that was seen running and has ended. */
  async function runJob(prompt = SECRET): Promise<string> {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    return jobid;
  }

  const approve = async (person: Person, message = card()) => {
    const seen = await person.press(message?.id ?? '', controlOf(message, 'review-approve'));
    await world.app().whenIdle();
    return seen;
  };
  async function decline(
    person: Person,
    name: 'review-reject' | 'review-ask',
    reason: string,
  ): Promise<SeenInteraction> {
    const opened = await person.press(card()?.id ?? '', controlOf(card(), name));
    const seen = await person.submit(opened.id, { reason });
    await world.app().whenIdle();
    return seen;
  }

  /** Everything that a person can read anywhere, and every file that they can open. */
  const seenBy = (person: Person) => {
    const whole = world.discord.people(person.userId);
    const messages = whole.channels().flatMap((channel) => whole.messages(channel.id));
    return JSON.stringify(messages);
  };
  const imagesIn = (text: string) => text.match(/https?:[^"\\]*\.(?:png|jpe?g|webp|mp4)/g) ?? [];

  it('posts a held result once into the review channel, with media as spoilers, prompt and votes', async () => {
    await review();
    await runJob();
    await world.app().poll();
    await world.app().whenIdle();

    expect(cards()).toHaveLength(1);
    expect(textOf(card())).toMatch(
      /Waiting for review.*zanzibar lighthouse.*No votes yet.*Approve.*Reject.*Ask for a variation/s,
    );
    const items = walk(card()?.components).flatMap((part) => (Array.isArray(part['items']) ? part['items'] : []));
    expect(items).toHaveLength(1);
    for (const item of items) expect(item).toMatchObject({ spoiler: true });
  });

  it('shows nobody but reviewers more than that a result awaits its review, on any surface', async () => {
    offerEverything(world);
    await mod('allow', { action: 'share', role: ids.artistRole });
    await mod('allow', { action: 'rules', role: ids.artistRole });
    await review();
    await world.owner.command(ids.general, {
      path: 'notify add',
      options: { channel: ids.showcase, events: 'started, completed' },
    });
    await world.owner.command(ids.general, {
      path: 'notify add',
      options: { channel: ids.showcase, prompt: 'castle' },
    });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: SECRET });
    const asMember = (path: string, options = {}) => world.member.command(ids.general, { path, options });
    const suggested: string[] = [];
    const guessed: string[] = [];
    const suggest = async (path: string, text: string) => {
      const choices = await world.member.autocomplete(ids.general, { path, options: { job: text } }, 'job');
      (text === '' ? suggested : guessed).push(...choices.map(({ name }) => name));
    };
    const lookEverywhere = async () => {
      world.skip(5_001);
      for (const isPublic of [true, false]) {
        await asMember('jobs', { public: isPublic });
        await asMember('job show', { job: jobid, public: isPublic });
      }
      await asMember('watch add', { job: jobid });
      await asMember('watch list');
      await asMember('notify explain', { job: jobid });
      await asMember('notify test', { rule: 1 });
      await suggest('job show', '');
      await suggest('job show', 'zanzibar');
      await suggest('watch remove', '');
      await world.app().whenIdle();
    };
    await world.app().poll();
    await lookEverywhere();
    world.useapi.world.advance(jobid, { to: 'progress', percent: 40 });
    await lookEverywhere();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    await lookEverywhere();
    const shown = await world.owner.command(ids.general, { path: 'job show', options: { job: jobid, public: true } });
    await world.owner.press(shown.message?.id ?? '', controlOf(shown.message, 'job-refresh'));

    const text = seenBy(world.member);
    expect(text).toContain('awaiting review');
    expect(text).not.toMatch(/zanzibar/i);
    expect(imagesIn(text)).toEqual([]);
    expect(guessed).toEqual([]);
    expect(suggested.join()).toContain('awaiting review');
    expect(suggested.join()).not.toMatch(/zanzibar/i);
    expect(textOf(card())).toContain('zanzibar');
  });

  it('lets two moderators decide at once: both are answered, and what was held is notified once', async () => {
    await review({ quorum: 2 });
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    await runJob();
    const before = publicPosts(ids.showcase);

    const [one, other] = await Promise.all([approve(world.owner), approve(world.moderator)]);

    const answers = [textOf(one.message), textOf(other.message)].sort();
    expect(before).toEqual([]);
    expect(answers.filter((answer) => answer.includes('1 more matching vote needed'))).toHaveLength(1);
    expect(answers.filter((answer) => answer.includes('Approved. I’m posting'))).toHaveLength(1);
    expect(publicPosts(ids.showcase)).toHaveLength(1);
    expect(textOf(publicPosts(ids.showcase)[0])).toContain('zanzibar');
    expect(textOf(card())).toMatch(/Approved/);
  });

  it('shows the votes so far, lets one be changed, and says what a late one meets', async () => {
    await review({ quorum: 2 });
    await runJob();
    await approve(world.moderator);
    const afterOne = textOf(card());
    const changed = await decline(world.moderator, 'review-reject', 'too dark');
    const afterChange = textOf(card());
    const again = await decline(world.moderator, 'review-reject', 'too dark');
    const form = await world.moderator.press(card()?.id ?? '', controlOf(card(), 'review-ask'));
    await decline(world.owner, 'review-reject', 'far too dark');
    const late = await world.moderator.submit(form.id, { reason: 'too late' });

    expect(afterOne).toContain(`<@${ids.moderator}>: approve`);
    expect(textOf(changed.message)).toContain('(before: approve)');
    expect(afterChange).toMatch(/reject: too dark/);
    expect(afterChange).not.toContain(`<@${ids.moderator}>: approve`);
    expect(textOf(again.message)).toContain('You already voted to reject');
    expect(textOf(card())).toMatch(/Rejected.*far too dark/s);
    expect(textOf(late.message)).toMatch(/Too late: already decided .* by .*\(reject\)/);
    expect(textOf(card())).not.toContain('too late');
  });

  it('drops what was held when it is rejected, for ever', async () => {
    await review();
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    const jobid = await runJob();

    const voted = await decline(world.moderator, 'review-reject', 'not for **here**');
    await world.restart();
    await world.app().poll();
    await world.app().whenIdle();

    const shown = await world.member.command(ids.general, { path: 'job show', options: { job: jobid } });
    const reviewer = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const explained = await world.owner.command(ids.general, { path: 'notify explain', options: { job: jobid } });
    expect(publicPosts(ids.showcase)).toEqual([]);
    expect(textOf(voted.message)).toContain('nobody to tell');
    expect(textOf(shown.message)).toContain('not approved');
    expect(seenBy(world.member)).not.toMatch(/zanzibar/i);
    expect(textOf(reviewer.message)).toMatch(/only reviewers can see it.*zanzibar/s);
    expect(textOf(explained.message)).toContain('not posted: it wasn’t approved');
  });

  it('holds deliveries over a restart, says so, and releases them as old as the approval', async () => {
    await review();
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    const jobid = await runJob();
    const explained = await world.owner.command(ids.general, { path: 'notify explain', options: { job: jobid } });
    await world.restart();
    world.skip(6 * 3_600_000);

    await approve(world.moderator);

    expect(textOf(explained.message)).toContain('matched · awaiting review');
    expect(publicPosts(ids.showcase)).toHaveLength(1);
    expect(textOf(publicPosts(ids.showcase)[0])).not.toContain('couldn’t post these');
    expect(textOf(publicPosts(ids.showcase)[0])).toContain('zanzibar');
  });

  it('keeps a live card shut until the approval, then finishes it with an answer', async () => {
    await review();
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: SECRET });
    await world.moderator.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    await world.app().whenIdle();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    const [shut] = publicPosts(ids.showcase);

    await approve(world.moderator);

    const [open, answer] = publicPosts(ids.showcase);
    expect(textOf(shut)).toContain('awaiting review');
    expect(textOf(shut)).not.toMatch(/zanzibar/);
    expect(textOf(open)).toMatch(/Completed.*zanzibar/s);
    expect(answer?.message_reference?.message_id).toBe(open?.id);
  });

  it('can be decided from /job show where no review channel is set', async () => {
    await mod('alerts', { channel: ids.moderation });
    const set = await mod('review', { mode: 'on' });
    const jobid = await runJob();
    const shown = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const alert = textOf(card());

    const voted = await approve(world.moderator, shown.message);

    const after = await world.member.command(ids.general, { path: 'job show', options: { job: jobid } });
    expect(textOf(set.message)).toContain('There’s no review channel');
    expect(alert).toContain('couldn’t post the review');
    expect(textOf(voted.message)).toContain('Approved. I’m posting');
    expect(textOf(after.message)).toContain('zanzibar');
  });

  it('posts what waits once a review channel is set', async () => {
    await mod('review', { mode: 'on' });
    await runJob();

    await review();

    expect(cards()).toHaveLength(1);
    expect(textOf(card())).toContain('zanzibar');
  });

  it('publishes, drops or reminds when time runs out', async () => {
    await review({ 'timeout-hours': 2, 'on-timeout': 'publish' });
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    await runJob('published in the end');
    await review({ 'timeout-hours': 2, 'on-timeout': 'drop' });
    await runJob('dropped in the end');
    await review({ 'timeout-hours': 2, 'on-timeout': 'remind' });
    await runJob('reminded of');

    world.skip(2 * 3_600_000 + 1_000);
    await world.app().whenIdle();
    await world.app().whenIdle();

    const received = publicPosts(ids.showcase).map(textOf).join();
    const reminders = cards().filter((message) => textOf(message).includes('has been waiting for review'));
    expect(received).toContain('published in the end');
    expect(received).not.toMatch(/dropped|reminded/);
    expect(reminders).toHaveLength(1);
    expect(reminders[0]?.message_reference?.message_id).toBe(cards()[2]?.id);
  });

  it('holds only results of listed words while the mode is off', async () => {
    // biome-ignore lint/suspicious/noThenProperty: an option of the command; never awaited.
    await mod('words add', { word: 'zanzibar', then: 'review' });
    await mod('review', { mode: 'off', channel: ids.moderation });
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });

    await runJob();
    await runJob('a quiet harbour');

    expect(cards()).toHaveLength(1);
    expect(textOf(card())).toContain('The prompt has “zanzibar”');
    expect(publicPosts(ids.showcase).map(textOf).join()).toMatch(/quiet harbour/);
    expect(publicPosts(ids.showcase)).toHaveLength(1);
  });

  it.each([
    ['review-reject', 'was rejected, so it stays hidden'],
    ['review-ask', 'reviewers want a variation'],
  ] as const)('notifies the requester once why, where %s decided', async (name, sentence) => {
    await mod('allow', { action: 'submit', role: ids.artistRole });
    await review();
    const asked = await world.member.command(ids.general, { path: 'imagine', options: { prompt: SECRET } });
    const jobid = world.useapi.world.list()[0]?.jobid ?? '';
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    const before = world.useapi.requests.filter(({ method }) => method === 'POST').length;

    await decline(world.moderator, name, 'more light, please');
    await world.restart();
    await world.app().whenIdle();

    const note = world.discord
      .people(ids.member)
      .messages(ids.general)
      .find(({ id }) => id === asked.message?.id);
    expect(textOf(card())).toContain(`Started by <@${ids.member}>`);
    expect(textOf(note)).toContain(sentence);
    expect(textOf(note)).toMatch(/more light, please.*zanzibar lighthouse.*\/imagine/s);
    expect(textOf(note)).not.toMatch(/in that server/);
    expect(controlOf(note, 'job-refresh')).toBeTruthy();
    expect(world.member.messages(world.discord.people(ids.member).openDm())).toEqual([]);
    expect(world.useapi.requests.filter(({ method }) => method === 'POST')).toHaveLength(before);
  });

  it('lets nobody vote who may not review, by button, form or forged id', async () => {
    await review();
    await runJob();
    const opened = await world.owner.press(card()?.id ?? '', controlOf(card(), 'review-reject'));
    await mod('deny', { action: 'review', role: ids.moderatorRole });
    const pressed = await world.moderator.press(card()?.id ?? '', controlOf(card(), 'review-approve'));
    const form = await world.moderator.press(card()?.id ?? '', controlOf(card(), 'review-ask'));

    expect(opened.state).toBe('modal');
    expect(textOf(pressed.message)).toContain('You may not review results here');
    expect(form.state).not.toBe('modal');
    expect(textOf(form.message)).toContain('You may not review results here');
    expect(textOf(card())).toContain('No votes yet');
  });
});
