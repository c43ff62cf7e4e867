import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST_CHANNEL } from '../../sandbox/midjourney/midjourney-world.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

const VIEW_CHANNEL = 1n << 10n;
const HOUR_MS = 3_600_000;

describe('/mod alerts, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({ guildIds: [ids.guild, ids.otherGuild] });
    await world.owner.command(ids.general, { path: 'mod alerts', options: { channel: ids.moderation } });
  });
  afterEach(() => world.close());

  const isPrivate = (flags = 0) => (flags & 64) !== 0;
  const alerts = () =>
    world.owner.messages(ids.moderation).filter(({ author, flags }) => author.bot === true && !isPrivate(flags));

  async function settle(): Promise<void> {
    await world.app().poll();
    await world.app().whenIdle();
  }

  it('reports once that the API moderated a job, also over a restart', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'something grim' });
    await settle();
    world.useapi.world.advance(jobid, { to: 'moderated' });
    await settle();
    await world.restart();
    await settle();

    expect(alerts()).toHaveLength(1);
    expect(textOf(alerts()[0])).toMatch(/Midjourney moderated.*something grim/s);
  });

  it.each([
    ['without a job', { error: 'Banned prompt', errorDetails: 'the word x' }],
    [
      'with a job that failed',
      { jobid: 'j0101010101000000000i-u1-c1-bot:midjourney', status: 'failed', error: 'Banned prompt: the word x' },
    ],
  ])('shows moderators and the requester why Midjourney refused a prompt, %s', async (_name, body) => {
    const action = { kind: 'status', status: 422, body } as const;
    world.useapi.faults.add({ match: { method: 'POST' }, times: 1, takesEffect: false, action });

    const imagine = { path: 'imagine', options: { prompt: 'a grim fox' } };
    const { message } = await world.owner.command(ids.general, imagine);
    await settle();

    expect(textOf(message)).toMatch(/Banned prompt\\*: the word x/);
    expect(alerts()).toHaveLength(1);
    expect(textOf(alerts()[0])).toMatch(new RegExp(`<@${ids.owner}>.*Banned prompt\\\\*: the word x.*a grim fox`, 's'));
  });

  it('alerts once to a refused prompt that made a moderated job', async () => {
    world.useapi.world.setSwitches({ refusedSubmit: 'both' });

    await world.owner.command(ids.general, { path: 'imagine', options: { prompt: 'a forbidden thing' } });
    await settle();

    expect(alerts()).toHaveLength(1);
    expect(textOf(alerts()[0])).toContain('Midjourney moderated');
  });

  it('reports once that contact with a job was lost', async () => {
    world.useapi.world.startJob({ version: 'v3', prompt: 'silent' });
    await settle();
    world.skip(61 * 60_000);
    await settle();
    world.skip(61 * 60_000);
    await settle();

    expect(alerts()).toHaveLength(1);
    expect(textOf(alerts()[0])).toContain('No news of');
  });

  it('alerts to a blocked API channel, which those who may can reset there', async () => {
    world.useapi.world.blockChannel(FIRST_CHANNEL);
    const imagine = { path: 'imagine', options: { prompt: 'a fox', 'api-channel': FIRST_CHANNEL } };
    await world.owner.command(ids.general, imagine);
    await world.owner.command(ids.general, imagine);
    await world.app().whenIdle();
    const [alert] = alerts();
    const refused = await world.moderator.press(alert?.id ?? '', controlOf(alert, 'api-reset'));

    const reset = await world.owner.press(alert?.id ?? '', controlOf(alert, 'api-reset'));

    expect(alerts()).toHaveLength(1);
    expect(textOf(alert)).toContain('takes no jobs (596)');
    expect(textOf(refused.message)).toContain('You may not change the settings');
    expect(textOf(reset.message)).toContain('was reset');
    expect(world.useapi.world.listChannels().every(({ isBlocked }) => !isBlocked)).toBe(true);
  });

  it('alerts to a blocked API channel again in another hour', async () => {
    world.useapi.world.blockChannel(FIRST_CHANNEL);
    const imagine = { path: 'imagine', options: { prompt: 'a fox', 'api-channel': FIRST_CHANNEL } };
    await world.owner.command(ids.general, imagine);
    await world.app().whenIdle();
    const before = alerts().length;
    world.skip(HOUR_MS);

    await world.owner.command(ids.general, imagine);
    await world.app().whenIdle();

    expect([before, alerts().length]).toEqual([1, 2]);
  });

  it('shows a server nothing of a job that was started in another one', async () => {
    const there = { path: 'mod alerts', options: { channel: ids.otherGeneral } };
    await world.outsider.command(ids.otherGeneral, there);
    await world.owner.command(ids.general, { path: 'imagine', options: { prompt: 'something grim' } });
    const own = world.useapi.world.list()[0]?.jobid ?? '';
    const shared = world.useapi.world.startJob({ version: 'v3', prompt: 'of no server' });
    await settle();
    for (const jobid of [own, shared]) world.useapi.world.advance(jobid, { to: 'moderated' });
    await settle();

    const received = world.outsider
      .messages(ids.otherGeneral)
      .filter(({ author, flags }) => author.bot === true && !isPrivate(flags))
      .map(textOf);
    expect(alerts()).toHaveLength(2);
    expect(received).toHaveLength(1);
    expect(received[0]).toContain('of no server');
  });

  it('reports that a rule is suspended', async () => {
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    world.discord.world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny: VIEW_CHANNEL });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'nobody hears' });
    await settle();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();

    expect(alerts()).toHaveLength(1);
    expect(textOf(alerts()[0])).toContain(`Rule #1 can’t post to <#${ids.showcase}>: I’m missing **View Channel**`);
  });

  it('keeps what its channel refuses, and reports it once when the channel takes it again', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'something grim' });
    await settle();
    const bot = { id: ids.botRole, kind: 'role' } as const;
    world.discord.world.setOverwrite(ids.moderation, { ...bot, allow: 0n, deny: VIEW_CHANNEL });
    world.useapi.world.advance(jobid, { to: 'moderated' });
    await settle();
    world.skip(HOUR_MS);
    await settle();
    const before = alerts();
    world.discord.world.setOverwrite(ids.moderation, { ...bot, allow: VIEW_CHANNEL, deny: 0n });

    world.skip(5 * 60_000);
    await settle();

    expect(before).toEqual([]);
    expect(alerts()).toHaveLength(1);
  });

  it('shows where alerts go, and turns them off only when it is asked to', async () => {
    const say = async (options = {}) =>
      textOf((await world.owner.command(ids.general, { path: 'mod alerts', options })).message);

    const [shown, again] = [await say(), await say()];
    const both = await say({ mode: 'off', channel: ids.moderation });
    await say({ mode: 'off' });
    const off = await say();

    expect(shown).toContain(`<#${ids.moderation}>`);
    expect(again).toBe(shown);
    expect(both).toContain('not both');
    expect(off).toContain('Alerts are **off**');
  });

  it('lets one pick the API channel to reset where it is not known which', async () => {
    world.useapi.faults.add({ match: { method: 'POST' }, action: { kind: 'status', status: 596, body: {} } });
    await world.owner.command(ids.general, { path: 'imagine', options: { prompt: 'a fox' } });
    await world.app().whenIdle();

    world.useapi.faults.clear();
    world.useapi.world.startJob({ version: 'v3', prompt: 'of a known channel' });
    await world.owner.command(ids.general, { path: 'jobs' });
    world.useapi.world.blockChannel(FIRST_CHANNEL);
    const [alert] = alerts();
    const choice = await world.owner.press(alert?.id ?? '', controlOf(alert, 'api-reset-choose'));
    const picked = controlOf(choice.message, 'api-reset-one');
    const reset = await world.owner.select(choice.message?.id ?? '', picked, [FIRST_CHANNEL]);

    expect(textOf(alert)).toMatch(/an API channel takes no jobs \(596\)/);
    expect(textOf(reset.message)).toContain('was reset');
    expect(world.useapi.world.listChannels().every(({ isBlocked }) => !isBlocked)).toBe(true);
  });

  it('reports nothing where no channel is set', async () => {
    await world.owner.command(ids.general, { path: 'mod alerts', options: { mode: 'off' } });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'something grim' });
    await settle();
    world.useapi.world.advance(jobid, { to: 'moderated' });
    await settle();

    expect(alerts()).toEqual([]);
  });
});
