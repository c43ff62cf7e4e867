import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { ids, startWorld, textOf, type World } from './start-world.ts';
import { everyCommand, postEveryControl } from './walk-bot.ts';

const SECRET = 'zanzibar lighthouse';

describe('two servers, over sockets', () => {
  let world: World;
  let jobid: string;
  let ref: string;

  /** A job that one server started, held for review there, with a rule and log entries. */
  beforeEach(async () => {
    world = await startWorld({ guildIds: [ids.guild, ids.otherGuild] });
    const own = (path: string, options = {}) => world.owner.command(ids.general, { path, options });
    await own('notify add', { channel: ids.showcase, prompt: 'zanzibar' });
    await own('mod review', { mode: 'on', channel: ids.moderation });
    await own('imagine', { prompt: SECRET });
    jobid = world.useapi.world.list()[0]?.jobid ?? '';
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    const { message } = await own('job show', { job: jobid });
    ref = /`(\w{8})`/.exec(textOf(message))?.[1] ?? '';
  });
  afterEach(() => world.close());

  const elsewhere = (path: string, options = {}) => world.outsider.command(ids.otherGeneral, { path, options });

  it('shows another server nothing of a job, its review, the rules or the log, by any command or control', async () => {
    const before = world.useapi.requests.filter(({ method }) => method !== 'GET').length;
    const seen: SeenInteraction[] = [];
    const there = { member: ids.outsider, role: ids.otherGuild, channel: ids.otherGeneral };
    const commands = [...everyCommand({ job: jobid, ...there }), ...everyCommand({ job: ref, ...there })].filter(
      ({ path }) => !['imagine', 'describe', 'blend'].includes(path),
    );

    for (const command of commands) seen.push(await world.outsider.command(ids.otherGeneral, command));
    for (const { messageId, customId, values } of await postEveryControl(world, ids.otherGeneral, ref)) {
      const submission =
        values === undefined
          ? world.outsider.press(messageId, customId)
          : world.outsider.select(messageId, customId, values);
      seen.push(await submission);
    }
    const suggested = await world.outsider.autocomplete(
      ids.otherGeneral,
      { path: 'job show', options: { job: '' } },
      'job',
    );
    await world.app().whenIdle();

    const whole = world.discord.people(ids.outsider);
    const text = JSON.stringify([seen, whole.channels().map(({ id }) => whole.messages(id)), suggested]);
    expect(seen.length).toBeGreaterThan(90);
    expect(ref).toMatch(/^\w{8}$/);
    expect(text).not.toMatch(/zanzibar/i);
    expect(suggested).toEqual([]);
    expect(world.useapi.requests.filter(({ method }) => method !== 'GET').slice(before)).toEqual([]);
  });

  it('answers a ref or jobid of another server like one that is unknown', async () => {
    const byRef = await elsewhere('job show', { job: ref });
    const byJobid = await elsewhere('job show', { job: jobid });
    const cancelled = await elsewhere('job cancel', { job: ref });
    const log = await elsewhere('mod log', { job: ref });

    for (const { message } of [byRef, byJobid, cancelled]) expect(textOf(message)).toContain('no such job here');
    expect(textOf(log.message)).toContain('Nothing logged that matches');
  });

  it('keeps settings, rules and reviews of each server apart', async () => {
    await elsewhere('mod words add', { word: 'castle' });
    const settings = await elsewhere('mod settings');
    const rules = await elsewhere('notify list');
    const exported = await elsewhere('mod export');
    const own = await world.owner.command(ids.general, { path: 'mod words list' });

    expect(textOf(settings.message)).toMatch(/Review\*\* off/);
    expect(textOf(settings.message)).not.toContain('waiting');
    expect(textOf(rules.message)).toContain('No rules yet');
    expect(textOf(exported.message)).toContain(`log-${ids.otherGuild}`);
    expect(textOf(own.message)).toContain('None yet');
  });

  it('lets each server decide for itself on a job that belongs to none', async () => {
    await elsewhere('mod review', { mode: 'on' });
    const shared = world.useapi.world.startJob({ version: 'v3', prompt: 'a shared castle' });
    await world.app().poll();
    world.useapi.world.advance(shared, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    const there = await elsewhere('job show', { job: shared });
    const approve = JSON.stringify(there.message).match(/review-approve:\w+/)?.[0] ?? '';
    await world.outsider.press(there.message?.id ?? '', approve);
    await world.app().whenIdle();

    const published = await elsewhere('job show', { job: shared, public: true });
    const held = await world.member.command(ids.general, { path: 'job show', options: { job: shared } });

    expect(textOf(published.message)).toContain('a shared castle');
    expect(textOf(held.message)).toContain('awaiting review');
    expect(textOf(held.message)).not.toContain('castle');
  });
});
