import { afterEach, describe, expect, it } from 'vitest';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { aJobid, anApiJob } from '../builders.ts';
import type { Death } from './lifeline.ts';
import { aRuleInput, GUILD, NotificationWorld, type Process } from './notification-world.ts';

const MINUTE = 60_000;
const SECRET = 'zanzibar lighthouse';
const jobid = aJobid(1);
const ref = toJobRef(jobid);

type Verdict = 'approve' | 'reject';

/** A job with a rule in one channel and a live card in another that its moderators hold back when it ends. */
class Story {
  readonly world = new NotificationWorld();
  readonly #verdict: Verdict;
  #isDecided = false;

  constructor(verdict: Verdict) {
    this.#verdict = verdict;
  }

  async prepare(bot: Process): Promise<void> {
    this.world.held.set(ref, 'awaiting');
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    const job = await bot.tracker.observe(anApiJob({ jobid, prompt: SECRET }));
    await bot.notifications.liveCards.add({ guildId: GUILD, channelId: 'c2', ref }, 'u1', job);
    await this.world.idle(bot);
  }

  /** The job ends and is decided on; repeated by the process that takes over. */
  async live(bot: Process): Promise<void> {
    await bot.tracker.observe(anApiJob({ jobid, prompt: SECRET, status: 'completed' }));
    await this.world.pass(bot, 10 * MINUTE, MINUTE);
    if (bot.life.isDead) return;
    if (!this.#isDecided) expect(JSON.stringify(this.world.discord.messages)).not.toContain(SECRET);
    if (!this.#isDecided) expect(this.kinds('c1')).toEqual([]);
    this.#isDecided = true;
    const { notifier } = bot.notifications;
    if (this.#verdict === 'approve') this.world.held.delete(ref);
    else this.world.held.set(ref, 'refused');
    await (this.#verdict === 'approve' ? notifier.release(GUILD, ref) : notifier.drop(GUILD, ref, 'not approved'));
    await this.world.pass(bot, 10 * MINUTE, MINUTE);
  }

  kinds(channelId: string): string[] {
    return this.world.discord.messages.filter((sent) => sent.channelId === channelId).map(({ notice }) => notice.kind);
  }

  /** What the live card shows by now. */
  card(): unknown {
    return this.world.discord.messages.find(({ notice }) => notice.kind === 'live-card')?.notice;
  }
}

describe('what moderators hold back', () => {
  let story: Story | undefined;
  afterEach(() => story?.world.destroy());

  /** Answers whether the process died. */
  async function play(verdict: Verdict, death: Death): Promise<{ readonly hasDied: boolean; readonly story: Story }> {
    await story?.world.destroy();
    const played = new Story(verdict);
    story = played;
    const first = await played.world.start();
    await played.prepare(first);
    await first.end();
    const doomed = await played.world.start(death);
    await doomed.run(() => played.live(doomed));
    const hasDied = doomed.life.isDead;
    await doomed.end();
    const next = await played.world.start();
    await played.live(next);
    return { hasDied, story: played };
  }

  for (const when of ['before', 'after'] as const) {
    it(`is posted once when it is released, whatever dies ${when} the n-th change`, async () => {
      let at = 1;
      for (let hasDied = true; hasDied; at += 1) {
        const played = await play('approve', { at, when });
        hasDied = played.hasDied;
        expect(played.story.kinds('c1')).toEqual(['job']);
        expect(played.story.kinds('c2')).toEqual(['live-card', 'ending']);
        expect(played.story.card()).toMatchObject({ job: { status: 'completed', prompt: SECRET } });
      }
      expect(at).toBeGreaterThan(8);
    });

    it(`is never posted when it is dropped, whatever dies ${when} the n-th change`, async () => {
      let at = 1;
      for (let hasDied = true; hasDied; at += 1) {
        const played = await play('reject', { at, when });
        hasDied = played.hasDied;
        expect(played.story.kinds('c1')).toEqual([]);
        expect(played.story.kinds('c2')).toEqual(['live-card', 'ending']);
        expect(played.story.card()).toMatchObject({ job: { concealed: 'refused' } });
        expect(JSON.stringify(played.story.world.discord.messages)).not.toContain(SECRET);
      }
      expect(at).toBeGreaterThan(8);
    });
  }
});
