import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { PostError } from '../../src/notifications/delivery/channel-poster.ts';
import { compact } from '../../src/shared/compact.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { type Fault, noPermission } from './fake-discord.ts';
import { aRuleInput, GUILD, NotificationWorld, type Process } from './notification-world.ts';

const MINUTE = 60_000;
const JOBS = 6;
const STATUSES = ['completed', 'failed', 'moderated'] as const;
const CHANNELS = ['c1', 'c2', 'forum'];
/** A delivery whose card, text and all are refused is given up, as it should be: fewer refusals than it has forms. */
const MAX_REFUSED_PAYLOADS = 2;

type Step =
  | { readonly do: 'end'; readonly job: number }
  | { readonly do: 'watch'; readonly job: number; readonly channelId: string }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'fault'; readonly fault: 'answer-lost' | 'not-arrived' | 'payload' | 'rate-limit' }
  | { readonly do: 'down' | 'up' | 'deny' | 'allow' }
  | { readonly do: 'crash'; readonly afterChanges: number; readonly when: 'before' | 'after' };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end' as const), job: fc.integer({ min: 1, max: JOBS }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('watch' as const),
      job: fc.integer({ min: 1, max: JOBS }),
      channelId: fc.constantFrom('c1', 'c2'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1_000, 20_000, 70_000, 40 * MINUTE) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom('answer-lost' as const, 'not-arrived', 'payload', 'rate-limit'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('down' as const, 'up', 'up', 'deny', 'allow') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      afterChanges: fc.integer({ min: 1, max: 30 }),
      when: fc.constantFrom('before' as const, 'after'),
    }),
  },
);

const aRule = fc.record({
  channelId: fc.constantFrom(...CHANNELS),
  events: fc.uniqueArray(fc.constantFrom(...STATUSES), { minLength: 1 }),
  digest: fc.constantFrom(undefined, undefined, 1, 2),
});

function toFault(name: Extract<Step, { do: 'fault' }>['fault']): Fault {
  if (name === 'payload') return new PostError('payload', 'Invalid Form Body', { answerCode: 50035 });
  if (name === 'rate-limit') return new PostError('retry', 'slow', { retryAfterMs: 3_000, isDoubtful: false });
  return name;
}

const recordOf = (n: number, isOver: boolean) =>
  anApiJob({ jobid: aJobid(n), ...(isOver && { status: STATUSES[n % STATUSES.length] ?? 'completed' }) });

/** Plays random lives of the bot, and notes which jobs the API has ended. */
class Play {
  readonly world = new NotificationWorld();
  readonly ended = new Set<number>();
  #refusedPayloads = 0;
  #bot: Process | undefined;

  async run(
    rules: readonly { channelId: string; events: (typeof STATUSES)[number][]; digest: number | undefined }[],
    steps: readonly Step[],
  ) {
    this.world.discord.forums.add('forum');
    const bot = await this.#living();
    for (const { digest, ...rule } of rules) {
      await bot.notifications.rules.add(GUILD, aRuleInput({ ...rule, ...compact({ digest }) }), 0);
    }
    for (let n = 1; n <= JOBS; n += 1) await bot.tracker.observe(recordOf(n, false));
    for (const step of steps) await this.#do(step);
    this.world.discord.isDown = false;
    this.world.discord.refusing.clear();
    this.world.discord.faults.length = 0;
    await this.#bot?.end();
    this.#bot = undefined;
    await this.#observeEnds();
    await this.world.pass(await this.#living(), 30 * MINUTE, 30_000);
  }

  async #living(): Promise<Process> {
    if (this.#bot?.life.isDead === true) {
      await this.#bot.end();
      this.#bot = undefined;
    }
    this.#bot ??= await this.world.start();
    return this.#bot;
  }

  /** What the API says is seen again after every crash. */
  async #observeEnds(): Promise<void> {
    const bot = await this.#living();
    for (const n of this.ended) await bot.run(() => bot.tracker.observe(recordOf(n, true)));
  }

  async #do(step: Step): Promise<void> {
    const { discord } = this.world;
    const bot = await this.#living();
    if (step.do === 'end') this.ended.add(step.job);
    if (step.do === 'end') await this.#observeEnds();
    if (step.do === 'watch') await this.#watch(bot, step);
    if (step.do === 'pass') await this.world.pass(bot, step.ms, Math.max(1_000, step.ms / 10));
    if (step.do === 'fault') this.#breakNext(step.fault);
    if (step.do === 'down') discord.isDown = true;
    if (step.do === 'up') discord.isDown = false;
    if (step.do === 'deny') discord.refusing.set('c1', noPermission());
    if (step.do === 'allow') discord.refusing.clear();
    if (step.do === 'crash') await this.#crash(bot, step);
  }

  #breakNext(fault: Extract<Step, { do: 'fault' }>['fault']): void {
    if (fault === 'payload') this.#refusedPayloads += 1;
    if (fault === 'payload' && this.#refusedPayloads > MAX_REFUSED_PAYLOADS) return;
    this.world.discord.faults.push(toFault(fault));
  }

  async #watch(bot: Process, { job, channelId }: Extract<Step, { do: 'watch' }>): Promise<void> {
    await bot.run(async () => {
      const known = await bot.tracker.observe(recordOf(job, this.ended.has(job)));
      await bot.notifications.liveCards.add({ guildId: GUILD, channelId, ref: known.ref }, 'u1', known);
    });
  }

  /** Ends this life at once, and the next one after so many changes. */
  async #crash(bot: Process, { afterChanges, when }: Extract<Step, { do: 'crash' }>): Promise<void> {
    await bot.end();
    this.#bot = await this.world.start({ at: afterChanges, when });
    await this.#observeEnds();
  }
}

it('serves every rule of every job exactly once, whatever fails and dies', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aRule, { minLength: 1, maxLength: 4 }),
      fc.array(aStep, { minLength: 3, maxLength: 20 }),
      async (rules, steps) => {
        const play = new Play();
        try {
          await play.run(rules, steps);

          for (const channelId of CHANNELS) {
            const posted = postedIn(play, channelId);
            expect(new Set(posted).size, `twice in ${channelId}: ${posted}`).toBe(posted.length);
            expect(new Set(posted)).toEqual(new Set([...posted, ...wantedIn(play, rules, channelId)]));
          }
        } finally {
          await play.world.destroy();
        }
      },
    ),
    { numRuns: 30 },
  );
});

/** Refs that messages show, the running cards left out. */
function postedIn({ world }: Play, channelId: string): string[] {
  const isHere = (place: string) => place === channelId;
  return world.discord.messages
    .filter((message) => isHere(message.channelId) && message.notice.kind !== 'live-card')
    .flatMap(({ notice }) => (notice.kind === 'batch' ? notice.lines.map(({ job }) => job.ref) : [notice.job.ref]));
}

function wantedIn(
  { ended }: Play,
  rules: readonly { channelId: string; events: readonly string[] }[],
  channelId: string,
): string[] {
  const isWanted = (n: number) =>
    rules.some((rule) => rule.channelId === channelId && rule.events.includes(recordOf(n, true).status));
  return [...ended].filter(isWanted).map((n) => refOf(n));
}

function refOf(n: number): string {
  return toJobRef(aJobid(n));
}
