import { type APIMessage, MessageFlags } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type SiblingStandIn,
  type SiblingStandInName,
  startSiblingStandIn,
} from '../../sandbox/siblings/sibling-stand-in.ts';
import type { SiblingSwitches } from '../../sandbox/siblings/sibling-switches.ts';
import { compact } from '../../src/shared/compact.ts';
import type { Logger } from '../../src/shared/logger.ts';
import { aRecordingLogger } from '../recording-logger.ts';
import { controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';

const SERVICES: readonly SiblingStandInName[] = ['minimax', 'dreamina'];
/** Of the account at the service. */
const EMAIL = 'painter@example.com';

describe.each(SERVICES)('the bot at %s', (service) => {
  let standIn: SiblingStandIn;
  let world: World;
  afterEach(async () => {
    await world.close();
    await standIn.close();
  });

  async function start(switches: Partial<SiblingSwitches> = {}, logger?: Logger): Promise<void> {
    standIn = await startSiblingStandIn({ service, speed: 0, accounts: [`US:${EMAIL}`], maxJobs: 20, switches });
    const { url, token: secret, model } = standIn;
    const accounts = () => [{ id: 'studio', backend: service, url, secret, model }];
    world = await startWorld({ accounts, ...compact({ logger }) });
  }
  const ask = (path: string, options = {}) => world.owner.command(ids.general, { path, options });
  const posts = (channelId: string) => world.owner.messages(channelId).filter((message) => message.author.bot);
  const paid = () => standIn.requests.filter(({ method }) => method === 'POST').length;
  const settle = async () => {
    await world.app().poll();
    await world.app().whenIdle();
  };
  async function imagine(prompt: string): Promise<string> {
    await world.moderator.command(ids.general, { path: 'imagine', options: { prompt } });
    await world.app().whenIdle();
    const job = standIn.world.list().find((one) => one.prompt === prompt);
    if (job === undefined) throw new Error('It made no job.');
    return job.jobid;
  }
  const show = async (jobid: string) => (await ask('job show', { job: `studio/${jobid}`, public: true })).message;
  const firstControlOf = (message: APIMessage | undefined) =>
    walk(message?.components).flatMap(({ custom_id: id }) => (typeof id === 'string' ? [id] : []))[0] ?? '';
  const controlsOf = (message: APIMessage | undefined) =>
    walk(message?.components).flatMap(({ custom_id: id }) => (typeof id === 'string' ? [id.split(':')[0]] : []));

  it('runs three jobs, shows one, and posts the end of one once, with its own files', async () => {
    await start();
    await ask('notify add', { channel: ids.showcase });
    const [first = ''] = [await imagine('a lighthouse'), await imagine('a red fox'), await imagine('a bridge')];
    await settle();

    const board = await ask('jobs');
    const running = await show(first);
    standIn.world.advance(first, { to: 'completed' });
    await settle();
    await settle();
    await world.restart();
    await settle();
    const ended = await show(first);

    expect(textOf(board.message)).toMatch(/3 running jobs/);
    expect(textOf(running)).toContain('a lighthouse');
    expect(posts(ids.showcase)).toHaveLength(1);
    expect(textOf(posts(ids.showcase)[0])).toMatch(/a lighthouse.*attachment/s);
    const pictures = walk(posts(ids.showcase)[0]?.components).flatMap(({ items = [] }) => items);
    expect(pictures).toHaveLength(service === 'dreamina' ? 4 : 1);
    expect(paid()).toBe(3);
    for (const message of [running, ended, posts(ids.showcase)[0]])
      expect(controlsOf(message).filter((name) => /^(press|job-family|reset)/.test(name ?? ''))).toEqual([]);
    expect(controlsOf(running).includes('job-cancel')).toBe(service === 'dreamina');
  });

  it('shows nobody the account’s address, the server’s, or the token', async () => {
    await start();
    await ask('notify add', { channel: ids.showcase });
    const done = await imagine('a lighthouse');
    const failed = await imagine('a red fox');
    await settle();
    const board = await ask('jobs');
    standIn.world.advance(done, { to: 'completed' });
    standIn.world.advance(failed, { to: 'failed', error: `Account US:${EMAIL} in error state` });
    await settle();

    const shown = await show(done);
    const details = await world.owner.press(shown?.id ?? '', controlOf(shown, 'job-details'));
    const broken = await show(failed);
    const explained = await ask('notify explain', { job: `studio/${done}` });
    const said = [board, details, explained].map(({ message }) => message);

    expect(textOf(details.message)).toMatch(/account\.[0-9a-f]{6}/);
    for (const message of [...said, shown, broken, ...posts(ids.general), ...posts(ids.showcase)]) {
      const text = JSON.stringify(message);
      for (const secret of [EMAIL, 'example.com', standIn.url, standIn.token]) expect(text).not.toContain(secret);
    }
  });

  it('keeps the account’s address out of the log, of all that goes to Discord, and of exports', async () => {
    const { logger, lines } = aRecordingLogger();
    await start({}, logger);
    await ask('notify add', { channel: ids.showcase });
    await ask('mod alerts', { channel: ids.moderation });
    const [done, failed, cancelled] = [
      await imagine('a lighthouse'),
      await imagine('a fox'),
      await imagine('a bridge'),
    ];
    const moderated = await imagine('a moderated one');
    await settle();
    await world.owner.autocomplete(ids.general, { path: 'job show', options: { job: 'a' } }, 'job');
    await ask('watch add', { job: `studio/${done}` });
    const { message: asked } = await ask('job cancel', { job: `studio/${cancelled}` });
    await world.owner.press(asked?.id ?? '', firstControlOf(asked));
    standIn.world.advance(done, { to: 'completed' });
    standIn.world.advance(failed, { to: 'failed', error: `Account US:${EMAIL} in error state` });
    standIn.world.advance(moderated, { to: 'moderated', details: `US:${EMAIL} broke a rule` });
    const restore = standIn.faults.add({ match: {}, action: { kind: 'status', status: 500 } });
    await settle();
    restore();
    await settle();
    world.skip(5_001);
    await settle();
    for (const path of ['mod log', 'mod usage', 'notify deliveries', 'jobs']) await ask(path);
    const exported = await ask('mod export');
    const [url = ''] =
      /http[^"]+/.exec(JSON.stringify(walk(exported.message?.components).map(({ file }) => file))) ?? [];
    const text = await (await fetch(url)).text();
    await ask('job show', { job: `studio/${done}x` });
    await ask('mod log', { job: `studio/${done}` });

    const sent = JSON.stringify(world.discord.requests.list().filter(({ kind }) => kind === 'request'));
    expect(sent).toContain('a lighthouse');
    expect(text).toContain('a lighthouse');
    expect(lines.length).toBeGreaterThan(0);
    for (const all of [sent, text, lines.join('\n')]) expect(all).not.toMatch(/painter|example\.com/);
  });

  it('holds a result for review, and posts it once it is approved', async () => {
    await start();
    await ask('mod review', { mode: 'on', channel: ids.moderation });
    await ask('notify add', { channel: ids.showcase });
    const jobid = await imagine('a lighthouse');
    await settle();
    standIn.world.advance(jobid, { to: 'completed' });
    await settle();
    const held = posts(ids.showcase).length;
    const [card] = posts(ids.moderation);

    await world.owner.press(card?.id ?? '', controlOf(card, 'review-approve'));
    await world.app().whenIdle();

    expect(held).toBe(0);
    expect(textOf(card)).toContain('a lighthouse');
    expect(posts(ids.showcase)).toHaveLength(1);
  });

  it('says of an account that takes no jobs who has to act, and offers no reset', async () => {
    await start();
    await ask('mod alerts', { channel: ids.moderation });
    standIn.world.blockChannel(standIn.world.listChannels()[0]?.apiChannel ?? '');

    const { message } = await ask('imagine', { prompt: 'a lighthouse' });
    await world.app().whenIdle();
    const [alert] = posts(ids.moderation);

    expect(textOf(message)).toContain('takes no jobs');
    expect(textOf(alert)).toMatch(/takes no jobs \(596\).*Sign in to that account again/s);
    for (const shown of [message, alert]) expect(controlsOf(shown).join()).not.toContain('reset');
    expect(standIn.paidCount()).toBe(0);
  });

  it('counts a prompt once against a quota, and gives it back where the account has no credits', async () => {
    await start({ batch: 3 });
    await ask('mod quota', { scope: 'member', 'per-day': 1 });
    standIn.world.setSwitches({ credits: 'none' });
    const refused = await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'too dear' } });
    standIn.world.setSwitches({ credits: 'enough' });

    const first = await imagine('a lighthouse');
    const second = await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'a fox' } });

    expect(textOf(refused.message)).toContain('too few credits');
    expect(first).not.toBe('');
    expect(textOf(second.message)).toMatch(/1 jobs? for today/);
    expect(standIn.paidCount()).toBe(1);
  });
});

describe('a prompt of which several jobs come', () => {
  it('has a card for each in the channel, and one ping for the end of each', async () => {
    const standIn = await startSiblingStandIn({ service: 'minimax', speed: 0, switches: { batch: 3 } });
    const { url, token: secret, model } = standIn;
    const world = await startWorld({ accounts: () => [{ id: 'studio', backend: 'minimax', url, secret, model }] });
    const posts = () =>
      world.owner
        .messages(ids.general)
        .filter(({ author, flags = 0 }) => author.bot === true && (flags & MessageFlags.Ephemeral) === 0);
    const settle = async () => {
      await world.app().poll();
      await world.app().whenIdle();
      world.skip(5_001);
      await world.app().whenIdle();
    };
    try {
      await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'a lighthouse' } });
      await settle();
      const cards = posts();
      for (const { jobid } of standIn.world.list()) {
        standIn.world.advance(jobid, { to: 'completed' });
        await settle();
      }
      const pings = posts().slice(cards.length);
      await world.restart();
      await settle();

      expect(cards).toHaveLength(3);
      expect(pings.map(({ mentions }) => mentions.map(({ id }) => id))).toEqual([
        [ids.moderator],
        [ids.moderator],
        [ids.moderator],
      ]);
      expect(pings.map((ping) => ping.message_reference?.message_id).sort()).toEqual(cards.map(({ id }) => id).sort());
      expect(posts()).toHaveLength(6);
      expect(standIn.paidCount()).toBe(1);
    } finally {
      await world.close();
      await standIn.close();
    }
  });

  it('is one paid call, and every job belongs to who asked', async () => {
    const standIn = await startSiblingStandIn({ service: 'minimax', speed: 0, switches: { batch: 4 } });
    const { url, token: secret, model } = standIn;
    const world = await startWorld({ accounts: () => [{ id: 'studio', backend: 'minimax', url, secret, model }] });
    try {
      await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
      await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'a lighthouse' } });
      await world.app().poll();
      await world.app().whenIdle();
      const board = await world.owner.command(ids.general, { path: 'jobs' });
      const made = standIn.world.list();
      for (const { jobid } of made) standIn.world.advance(jobid, { to: 'completed' });
      await world.app().poll();
      await world.app().poll();
      await world.app().whenIdle();

      expect(made).toHaveLength(4);
      expect(standIn.paidCount()).toBe(1);
      expect(textOf(board.message)).toContain('4 running jobs');
      expect(textOf(board.message).match(new RegExp(`<@${ids.moderator}>`, 'g'))).toHaveLength(4);
      expect(world.owner.messages(ids.showcase).filter((message) => message.author.bot)).toHaveLength(4);
    } finally {
      await world.close();
      await standIn.close();
    }
  });
});
