import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

const POST = 'POST /channels/{channel_id}/messages';
const HOUR_MS = 3_600_000;

/** Discord forgets every nonce at once, as it does after some minutes: only looking back helps. */
describe('a direct message whose answer was lost, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld({ discord: { nonceLivesMs: 0 } });
    await world.owner.command(ids.general, {
      path: 'mod allow',
      options: { action: 'submit', role: ids.artistRole },
    });
    // No card there pings whoever started a job, so that a message is sent.
    const bot = { id: ids.application, kind: 'member' } as const;
    world.discord.world.setOverwrite(ids.general, { ...bot, allow: 0n, deny: Permission.SendMessages });
  });
  afterEach(() => world.close());

  const received = () => world.member.messages(world.discord.people(ids.member).openDm());
  const mod = (path: string, options = {}) => world.owner.command(ids.general, { path: `mod ${path}`, options });

  async function settle(): Promise<void> {
    await world.app().poll();
    await world.app().whenIdle();
  }

  /** A job of the member, whose interaction is over: what becomes of it can only be sent directly. */
  async function imagine(): Promise<string> {
    await world.member.command(ids.general, { path: 'imagine', options: { prompt: 'something nice' } });
    await world.restart();
    await settle();
    return world.useapi.world.list()[0]?.jobid ?? '';
  }

  /**
   * Discord takes the message that a submission brings about, and is then gone with its answer; the bot dies, and both
   * are back hours later.
   */
  async function loseAnswerOf(submission: () => Promise<unknown>): Promise<void> {
    const where = { route: POST, path: `/channels/${world.discord.people(ids.member).openDm()}/` };
    world.discord.faults.add({ ...where, fault: { kind: 'cut-after' }, times: 1 });
    const restore = world.discord.faults.add({ ...where, fault: { kind: 'status', status: 503 } });
    await submission();
    await expect.poll(() => received().length).toBe(1);
    await world.app().stop();
    restore();
    world.skip(HOUR_MS);
    await world.restart();
    await settle();
  }

  it('is sent once, where it says why a job was moderated', async () => {
    const jobid = await imagine();

    await loseAnswerOf(async () => {
      world.useapi.world.advance(jobid, { to: 'moderated', details: 'the very secret reason' });
      await world.app().poll();
    });

    expect(received()).toHaveLength(1);
    expect(textOf(received()[0])).toMatch(/the very secret reason.*Midjourney Studio.*job show/s);
    expect(world.discord.requests.of('GET /channels/{channel_id}/messages').length).toBeGreaterThan(0);
  });

  it('is sent once, where it reports a verdict', async () => {
    await mod('review', { mode: 'on', channel: ids.moderation });
    const jobid = await imagine();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await settle();
    const [card] = world.owner.messages(ids.moderation).filter(({ author }) => author.bot === true);

    await loseAnswerOf(async () => {
      const form = await world.owner.press(card?.id ?? '', controlOf(card, 'review-reject'));
      await world.owner.submit(form.id, { reason: 'too dark' });
    });

    expect(received()).toHaveLength(1);
    expect(textOf(received()[0])).toContain('too dark');
  });

  it('comes after all, once, where Discord never took it', async () => {
    const jobid = await imagine();
    const restore = world.discord.faults.add({ fault: { kind: 'cut-before' }, route: POST });
    world.useapi.world.advance(jobid, { to: 'moderated', details: 'the very secret reason' });
    await settle();
    restore();
    world.skip(HOUR_MS);

    await world.restart();
    await settle();

    expect(received()).toHaveLength(1);
  });

  it('is given up where the member takes none', async () => {
    const jobid = await imagine();
    world.discord.people(ids.member).setDmsClosed(true);
    world.useapi.world.advance(jobid, { to: 'moderated', details: 'the very secret reason' });
    await settle();
    world.discord.people(ids.member).setDmsClosed(false);
    world.skip(HOUR_MS);

    await settle();

    expect(received()).toEqual([]);
  });
});
