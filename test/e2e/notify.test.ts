import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';
import { offerEverything } from './walk-bot.ts';

const VIEW_CHANNEL = 1n << 10n;
const SEND_MESSAGES = 1n << 11n;

describe('/notify and /watch, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const notify = (path: string, options = {}) => world.owner.command(ids.general, { path: `notify ${path}`, options });
  const posts = (channelId: string) => world.owner.messages(channelId).filter((message) => message.author.bot);

  /** A job that was seen running and has ended; reported by the poll. */
  async function runJob(prompt: string, to: 'completed' | 'failed' = 'completed'): Promise<string> {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to });
    await world.app().poll();
    await world.app().whenIdle();
    return jobid;
  }

  /** Ends a followed job; its card is edited at most every 5 s. */
  async function finish(jobid: string): Promise<void> {
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    world.skip(5_001);
    await world.app().whenIdle();
  }

  it('notifies a channel once when a job ends, with its media', async () => {
    const added = await notify('add', { channel: ids.showcase });
    await runJob('a bridge at dawn');

    await world.app().poll();
    await world.app().whenIdle();

    expect(textOf(added.message)).toContain('Rule #1 saved');
    expect(posts(ids.showcase)).toHaveLength(1);
    expect(textOf(posts(ids.showcase)[0])).toMatch(/a bridge at dawn.*attachments/s);
  });

  it('notifies a channel once although somebody sees the end before the poll does', async () => {
    await notify('add', { channel: ids.showcase });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a bridge at dusk' });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    const show = () => world.member.command(ids.general, { path: 'job show', options: { job: jobid } });

    const shown = await show();
    await world.app().whenIdle();
    const afterShow = posts(ids.showcase).length;
    await world.app().poll();
    await show();
    await world.restart();
    await world.app().poll();
    await world.app().whenIdle();

    expect(textOf(shown.message)).toContain('Completed');
    expect(afterShow).toBe(1);
    expect(posts(ids.showcase)).toHaveLength(1);
  });

  it('makes one post of several rules in one channel and mentions only the configured role', async () => {
    await notify('add', { channel: ids.showcase, mention: ids.artistRole });
    await notify('add', { channel: ids.showcase, prompt: 'bridge' });
    await notify('add', { channel: ids.showcase, prompt: 'castle' });

    await runJob('a bridge @everyone <@&1>');

    const [post] = posts(ids.showcase);
    expect(posts(ids.showcase)).toHaveLength(1);
    expect(post?.mention_roles).toEqual([ids.artistRole]);
    expect(post?.mention_everyone).toBe(false);
  });

  it('still says whom a post mentioned after Refresh, and pings nobody again', async () => {
    await notify('add', { channel: ids.showcase, mention: ids.artistRole });
    await runJob('a refreshed bridge');
    const [post] = posts(ids.showcase);

    await world.member.press(post?.id ?? '', controlOf(post, 'job-refresh'));

    const [after] = posts(ids.showcase);
    expect(after?.edited_timestamp).not.toBeNull();
    expect(after?.components?.[0]).toMatchObject({ type: 10, content: `<@&${ids.artistRole}>` });
    expect([post?.mention_roles, after?.mention_roles]).toEqual([[ids.artistRole], []]);
  });

  it('names each missing permission before anything is saved', async () => {
    world.discord.world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny: SEND_MESSAGES });

    const refused = await notify('add', { channel: ids.showcase });

    expect(textOf(refused.message)).toContain('Send Messages');
    expect(textOf((await notify('list')).message)).toContain('No rules yet');
  });

  it('changes, pauses, resumes and removes a rule, and shows each state', async () => {
    await notify('add', { channel: ids.showcase, verb: 'imagine', quiet: '22-07 Europe/Berlin' });
    const edited = await notify('edit', { rule: 1, verb: 'none', events: 'failed', digest: 5 });
    await notify('pause', { rule: 1 });
    await runJob('nobody hears of this', 'failed');
    const list = await notify('list');
    await notify('resume', { rule: 1 });
    await runJob('everybody hears of this', 'failed');
    await notify('remove', { rule: 1 });

    expect(textOf(edited.message)).toMatch(/when a job fails · silent/);
    expect(textOf(list.message)).toContain('Paused');
    expect(posts(ids.showcase).map(textOf).join()).toContain('everybody hears');
    expect(posts(ids.showcase)).toHaveLength(1);
    expect(textOf((await notify('list')).message)).toContain('No rules yet');
  });

  it('says what is wrong with bad input and saves nothing', async () => {
    const events = await notify('add', { channel: ids.showcase, events: 'completed, finished' });
    const quiet = await notify('add', { channel: ids.showcase, quiet: '25-07 Nowhere' });
    const unknown = await notify('pause', { rule: 7 });

    expect(textOf(events.message)).toContain('finished');
    expect(textOf(quiet.message)).toMatch(/25|Nowhere|22-07/);
    expect(textOf(unknown.message)).toContain('no rule #7');
    expect(textOf((await notify('list')).message)).toContain('No rules yet');
  });

  it('is for those who may change rules', async () => {
    const moderator = world.discord.people(ids.moderator);
    const isOffered = () => moderator.commands(ids.general).some(({ name }) => name === 'notify');
    expect(isOffered()).toBe(false);
    world.discord.world.commands.setOverride(ids.guild, 'notify', ids.guild, true);
    expect(isOffered()).toBe(true);

    const refused = await world.moderator.command(ids.general, { path: 'notify list' });

    expect(textOf(refused.message)).toContain('Manage Server');
  });

  it('leaves an entry in the log for each change of a rule, with before and after', async () => {
    await notify('add', { channel: ids.showcase });
    await notify('edit', { rule: 1, digest: 5, prompt: 'castle' });
    await notify('pause', { rule: 1 });
    await notify('resume', { rule: 1 });
    await notify('remove', { rule: 1 });

    const { message } = await world.owner.command(ids.general, { path: 'mod log', options: { action: 'rule-change' } });

    const text = textOf(message);
    for (const what of ['added', 'changed', 'paused', 'turned on', 'removed'])
      expect(text).toContain(`<@${ids.owner}> ${what} rule #1`);
    expect(text).toMatch(/changed rule #1: (?=.*digest 5)(?=.*words in the prompt castle)/);
    expect(text.match(/rule #1/g)).toHaveLength(5);
  });

  it('posts a sample that is marked as such', async () => {
    await notify('add', { channel: ids.showcase, mention: ids.artistRole });
    await runJob('for the sample');

    const result = await notify('test', { rule: 1 });

    const sample = posts(ids.showcase).at(-1);
    expect(textOf(result.message)).toContain(`https://discord.com/channels/${ids.guild}/${ids.showcase}/${sample?.id}`);
    expect(textOf(sample)).toMatch(/sample/i);
    expect(sample?.mention_roles).toEqual([]);
  });

  it('says in plain words why a post is late; the code stands there for those who may configure', async () => {
    await world.owner.command(ids.general, { path: 'mod allow', options: { action: 'rules', role: ids.artistRole } });
    await notify('add', { channel: ids.showcase });
    const where = { route: 'POST /channels/{channel_id}/messages', path: `/channels/${ids.showcase}/` };
    const restore = world.discord.faults.add({ ...where, fault: { kind: 'status', status: 503 } });
    offerEverything(world);
    const jobid = await runJob('a late bridge');
    const asks = async (person: 'owner' | 'member') => {
      const explained = await world[person].command(ids.general, { path: 'notify explain', options: { job: jobid } });
      const list = await world[person].command(ids.general, { path: 'notify deliveries' });
      return [textOf(explained.message), textOf(list.message)];
    };
    await expect.poll(async () => (await asks('owner')).join()).toContain('(503)');
    const member = await asks('member');
    restore();

    for (const text of member) expect(text).toContain('last try: Discord has trouble right now');
    expect(member.join()).not.toMatch(/\b50\d\b|answered/);
  });

  it('explains rule by rule why a job was notified or not', async () => {
    await notify('add', { channel: ids.showcase });
    await notify('add', { channel: ids.general, prompt: 'castle' });
    const jobid = await runJob('a bridge');

    const explained = await notify('explain', { job: jobid });
    const deliveries = await notify('deliveries');

    expect(textOf(explained.message)).toMatch(/✓ #1 matched · posted.*channels/);
    expect(textOf(explained.message)).toMatch(/✗ #2: only prompts with “castle”/);
    expect(textOf(deliveries.message)).toMatch(/completed → .*posted/);
  });

  it('suspends a rule whose channel refuses, notifies its creator once, and resumes by itself', async () => {
    await notify('add', { channel: ids.showcase });
    world.discord.world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny: VIEW_CHANNEL });
    await runJob('waits for the permission');
    const suspended = await notify('list');
    const received = world.owner.messages(world.discord.people(ids.owner).openDm());

    world.discord.world.removeOverwrite(ids.showcase, ids.botRole);
    world.skip(61_000);
    await runJob('wakes the queue');
    const resumed = await notify('list');

    expect(textOf(suspended.message)).toContain('I’m missing **View Channel**');
    expect(received.filter((message) => message.author.bot)).toHaveLength(1);
    expect(textOf(resumed.message)).not.toContain('Can’t post');
    expect(posts(ids.showcase)).toHaveLength(2);
  });

  it('posts into a forum, one post a job', async () => {
    await notify('add', { channel: ids.forum });
    await runJob('goes to the forum');

    const threads = [...world.discord.world.channels.values()].filter((channel) => channel.parentId === ids.forum);

    expect(threads).toHaveLength(1);
    expect(textOf(posts(threads[0]?.id ?? '')[0])).toContain('goes to the forum');
  });

  it('follows a job with a live card and answers it at the end with a mention', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a slow sunrise' });
    const added = await world.moderator.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    await world.app().whenIdle();
    const list = await world.moderator.command(ids.showcase, { path: 'watch list' });
    await finish(jobid);

    const [card, answer] = posts(ids.showcase).filter((message) => (message.flags ?? 0) % 128 < 64);
    expect(textOf(added.message)).toContain('Following');
    expect(textOf(list.message)).toContain('a slow sunrise');
    expect(textOf(card)).toMatch(/Completed.*a slow sunrise/s);
    expect(answer?.message_reference?.message_id).toBe(card?.id);
    expect(answer?.mentions.map((user) => user.id)).toEqual([ids.moderator]);
  });

  it('says at the end what it was, with a picture and a way to the card', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a slow sunrise' });
    await world.moderator.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    await world.app().whenIdle();
    await finish(jobid);

    const [card, answer] = posts(ids.showcase).filter((message) => (message.flags ?? 0) % 128 < 64);
    const details = await world.member.press(answer?.id ?? '', controlOf(answer, 'ended-open'));

    expect(textOf(answer)).toMatch(/a slow sunrise.*attachments/s);
    expect(textOf(answer)).toContain(`https://discord.com/channels/${ids.guild}/${ids.showcase}/${card?.id}`);
    expect(textOf(details.message)).toContain('a slow sunrise');
  });

  it('pings nobody who cancelled the job themselves', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a slow sunrise' });
    for (const person of [world.owner, world.moderator])
      await person.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    await world.app().whenIdle();
    const { message } = await world.owner.command(ids.general, { path: 'job cancel', options: { job: jobid } });
    await world.owner.press(message?.id ?? '', controlOf(message, 'job-cancel-yes'));
    world.skip(5_001);
    await world.app().whenIdle();

    const pinged = posts(ids.showcase).flatMap(({ mentions }) => mentions.map(({ id }) => id));
    expect(pinged).toEqual([ids.moderator]);
  });

  it('lets a live card stand for the notification of its channel', async () => {
    await notify('add', { channel: ids.showcase });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'watched and notified' });
    await world.owner.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    await world.app().whenIdle();
    await finish(jobid);

    const shown = posts(ids.showcase).filter((message) => ((message.flags ?? 0) & 64) === 0);
    expect(shown).toHaveLength(2);
  });

  it('ends a live card on request', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'no longer followed' });
    await world.owner.command(ids.showcase, { path: 'watch add', options: { job: jobid } });
    const list = await world.owner.command(ids.showcase, { path: 'watch list' });

    await world.owner.press(list.message?.id ?? '', controlOf(list.message, 'watch-stop'));
    const after = await world.owner.command(ids.showcase, { path: 'watch list' });

    expect(textOf(after.message)).toContain('None right now');
  });
});
