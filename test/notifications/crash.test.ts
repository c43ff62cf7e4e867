import { afterEach, describe, expect, it } from 'vitest';
import type { ApiJob } from '../../src/backends/api-job.ts';
import { aJobid, anApiJob } from '../builders.ts';
import type { Death } from './lifeline.ts';
import { aRuleInput, GUILD, NotificationWorld, type Process } from './notification-world.ts';

const MINUTE = 60_000;

interface Scenario {
  readonly name: string;
  /** Once, by a process that lives. */
  prepare(world: NotificationWorld, bot: Process): Promise<void>;
  /** By the process that dies, and again by the one that takes over. */
  live(world: NotificationWorld, bot: Process): Promise<void>;
  /** What the channels show in the end, whatever happened. */
  check(world: NotificationWorld): void;
}

const ended = (n: number): ApiJob => anApiJob({ jobid: aJobid(n), status: 'completed' });

async function startJobs(bot: Process, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await bot.tracker.observe(anApiJob({ jobid: aJobid(n) }));
}

async function endJobs(bot: Process, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await bot.tracker.observe(ended(n));
}

/** Refs posted in a channel, alone or in a batch. */
function postedIn(world: NotificationWorld, channelId: string): string[] {
  return world.discord.texts(channelId).flatMap((text) => text.split(' ').slice(1));
}

const posts: Scenario = {
  name: 'two rules of three channels',
  async prepare(_, bot) {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    await bot.notifications.rules.add(GUILD, aRuleInput({ mentionRoleId: 'r1' }), 0);
    await bot.notifications.rules.add(GUILD, aRuleInput({ channelId: 'c2' }), 0);
    await startJobs(bot, 2);
  },
  live: (_, bot) => endJobs(bot, 2),
  check(world) {
    for (const channel of ['c1', 'c2']) {
      expect(postedIn(world, channel)).toHaveLength(2);
      expect(new Set(postedIn(world, channel)).size).toBe(2);
    }
  },
};

const summaries: Scenario = {
  name: 'a summary after an outage',
  async prepare(world, bot) {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    world.discord.isDown = true;
    await startJobs(bot, 3);
    await endJobs(bot, 2);
    await world.pass(bot, 40 * MINUTE, 10 * MINUTE);
    await bot.tracker.observe(ended(3));
    world.discord.isDown = false;
  },
  live: (world, bot) => bot.run(() => world.pass(bot, 2 * MINUTE, 10_000)),
  check(world) {
    expect(world.discord.texts('c1').map((text) => text.split(' ').length)).toEqual([3, 2]);
    expect(new Set(postedIn(world, 'c1')).size).toBe(3);
  },
};

const digests: Scenario = {
  name: 'a digest',
  async prepare(_, bot) {
    await bot.notifications.rules.add(GUILD, aRuleInput({ digest: 1 }), 0);
    await startJobs(bot, 4);
  },
  live: (_, bot) => endJobs(bot, 4),
  check(world) {
    expect(postedIn(world, 'c1')).toHaveLength(4);
    expect(new Set(postedIn(world, 'c1')).size).toBe(4);
  },
};

const liveCards: Scenario = {
  name: 'a live card with a rule',
  async prepare(world, bot) {
    await bot.notifications.rules.add(GUILD, aRuleInput({ mentionRoleId: 'r1' }), 0);
    const job = await bot.tracker.observe(anApiJob({ jobid: aJobid(1) }));
    await bot.notifications.liveCards.add({ guildId: GUILD, channelId: 'c1', ref: job.ref }, 'u1', job);
    await world.idle(bot);
  },
  live: (_, bot) => endJobs(bot, 1),
  check(world) {
    const kinds = world.discord.messages.map(({ notice }) => notice.kind);
    expect(kinds).toEqual(['live-card', 'ending']);
    expect(world.discord.messages[0]?.notice).toMatchObject({ job: { status: 'completed' } });
    expect(world.discord.messages[1]?.notice).toMatchObject({ mentionUserIds: ['u1'], mentionRoleIds: ['r1'] });
  },
};

describe('a crash at any point', () => {
  let world: NotificationWorld | undefined;
  afterEach(() => world?.destroy());

  /** Answers whether the process died; `downMs` is how long nothing runs then. */
  async function play(scenario: Scenario, death: Death, downMs: number): Promise<boolean> {
    await world?.destroy();
    world = new NotificationWorld();
    const first = await world.start();
    await scenario.prepare(world, first);
    await first.end();
    const doomed = await world.start(death);
    const here = world;
    await doomed.run(() => scenario.live(here, doomed));
    await world.pass(doomed, 12 * MINUTE, MINUTE);
    const hasDied = doomed.life.isDead;
    await doomed.end();
    await world.clock.advance(downMs);
    const next = await world.start();
    await scenario.live(world, next);
    await world.pass(next, 15 * MINUTE, 15_000);
    scenario.check(world);
    return hasDied;
  }

  for (const scenario of [posts, summaries, digests, liveCards]) {
    for (const [when, downMs] of [
      ['before', 0],
      ['after', 5 * MINUTE],
    ] as const) {
      it(`posts all once: ${scenario.name}, dead ${when} the n-th change, back after ${downMs / 1000} s`, async () => {
        let at = 1;
        while (await play(scenario, { at, when }, downMs)) at += 1;

        expect(at).toBeGreaterThan(5);
      });
    }
  }
});
