import { describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { controlOf, textOf } from '../e2e/start-world.ts';
import { LifeWorld } from './life-world.ts';

/** `npm run test:crash` walks, `npm test` does not. */
const IS_ASKED_FOR = Number(process.env['CRASHES'] ?? 0) > 0;
const MINUTE_MS = 60_000;
const MAX_SYNCS = 100;

/** One kind of message, and how it comes about. */
interface Kind {
  readonly name: string;
  /** Once, by a bot that lives. */
  readonly prepare: (world: LifeWorld) => Promise<unknown>;
  /** By a bot that lives: the jobs that are told. */
  readonly begin: (world: LifeWorld) => Promise<readonly string[]>;
  /** What there is to tell, in the life that ends; what completes the jobs, where nothing is said. */
  readonly act?: (world: LifeWorld, jobid: string) => void;
  /** What people do meanwhile; asked again and again. */
  readonly nudge?: (world: LifeWorld, jobid: string) => void;
  /** How often it was told so far; once is right. */
  readonly count: (world: LifeWorld, jobid: string) => number;
  /** Milliseconds until it is told, where that is not at once. */
  readonly laterMs?: number;
}

const complete = (world: LifeWorld, jobid: string) => void world.useapi.world.advance(jobid, { to: 'completed' });
const addRule = (world: LifeWorld, channel: string, more = {}) =>
  world.owner('notify add', { channel, media: 'none', events: 'completed', ...more });
const countIn = (channelId: string) => (world: LifeWorld, jobid: string) => world.postsOf(channelId, jobid).length;

/** Jobs that the bot has seen running. */
async function startJobs(world: LifeWorld, count = 1): Promise<readonly string[]> {
  const jobids = Array.from({ length: count }, () => world.useapi.world.startJob({ version: 'v3', prompt: 'a fox' }));
  await world.looks(2);
  return jobids;
}

const KINDS: readonly Kind[] = [
  {
    name: 'a notification',
    prepare: (world) => addRule(world, ids.showcase),
    begin: startJobs,
    count: countIn(ids.showcase),
  },
  {
    name: 'a digest',
    prepare: (world) => addRule(world, ids.showcase, { digest: 1 }),
    begin: (world) => startJobs(world, 3),
    count: countIn(ids.showcase),
    laterMs: 11 * MINUTE_MS,
  },
  {
    name: 'a forum post',
    prepare: (world) => addRule(world, ids.forum),
    begin: startJobs,
    count: countIn(ids.forum),
  },
  {
    name: 'the end of a live card',
    prepare: async () => undefined,
    async begin(world) {
      const jobids = await startJobs(world);
      for (const job of jobids) await world.owner('watch add', { job }, ids.showcase);
      await world.until(() => jobids.every((jobid) => countIn(ids.showcase)(world, jobid) > 0));
      return jobids;
    },
    count(world, jobid) {
      const [cards, endings] = [[], []] as [string[], string[]];
      for (const text of world.postsOf(ids.showcase, jobid).map(textOf))
        (text.includes(`<@${ids.owner}>`) ? endings : cards).push(text);
      return cards.length === 1 ? endings.length : MAX_SYNCS;
    },
  },
  {
    name: 'a review and what it lets go',
    async prepare(world) {
      await addRule(world, ids.showcase);
      await world.owner('mod review', { mode: 'on', channel: ids.moderation });
    },
    begin: startJobs,
    nudge(world, jobid) {
      const [card] = world.postsOf(ids.moderation, jobid);
      if (card === undefined || !textOf(card).includes('"review-approve:')) return;
      const control = controlOf(card, 'review-approve');
      void world.discord
        .people(ids.owner)
        .press(card.id, control)
        .catch(() => undefined);
    },
    count(world, jobid) {
      const cards = world.postsOf(ids.moderation, jobid);
      const isSettled = cards.length === 1 && cards.every((card) => textOf(card).includes('Approved'));
      const told = countIn(ids.showcase)(world, jobid);
      return cards.length > 1 ? MAX_SYNCS : isSettled ? told : 0;
    },
  },
  {
    name: 'an alert',
    prepare: (world) => world.owner('mod alerts', { channel: ids.moderation }),
    begin: startJobs,
    act: (world, jobid) => void world.useapi.world.advance(jobid, { to: 'moderated' }),
    count: countIn(ids.moderation),
  },
  {
    name: 'a direct message',
    prepare: (world) => world.owner('mod allow', { action: 'submit', role: ids.artistRole }),
    async begin(world) {
      const known = new Set(world.useapi.world.list().map(({ jobid }) => jobid));
      const typed = { path: 'imagine', options: { prompt: 'a fox' } };
      await world.discord.people(ids.member).command(ids.general, typed);
      // From now on the answer to the command cannot be edited.
      await world.skip(16 * MINUTE_MS);
      return world.useapi.world
        .list()
        .map(({ jobid }) => jobid)
        .filter((jobid) => !known.has(jobid));
    },
    act: (world, jobid) => void world.useapi.world.advance(jobid, { to: 'moderated' }),
    count: (world, jobid) => world.direct(ids.member).filter((post) => textOf(post).includes(toJobRef(jobid))).length,
  },
];

const WALKS = KINDS.flatMap((kind) => [
  { ...kind, when: 'after' as const, awayMs: 3 * MINUTE_MS },
  { ...kind, when: 'before' as const, awayMs: 0 },
]);

/** Whether the bot died at the sync, and told what it had to tell in its next life. */
async function step(world: LifeWorld, walk: (typeof WALKS)[number], atSync: number, jobids: readonly string[]) {
  const { act = complete, nudge, count, laterMs = 0, when, awayMs } = walk;
  const isTold = () => {
    for (const jobid of jobids) nudge?.(world, jobid);
    return jobids.every((jobid) => count(world, jobid) > 0);
  };
  await world.bot.doom({ atSync, when });
  for (const jobid of jobids) act(world, jobid);
  if (laterMs > 0) await world.looks(3);
  await world.skip(laterMs);
  if (await world.until(isTold)) await world.looks(2);
  if (world.bot.isAlive) return false;
  await world.skip(awayMs);
  await world.live();
  await world.until(isTold);
  return true;
}

/** Dies at the first sync, the second, … until all is told before the bot dies; answers how often each job was told. */
async function goThrough(world: LifeWorld, walk: (typeof WALKS)[number], maxSyncs: number): Promise<number[]> {
  await world.live();
  await walk.prepare(world);
  const told: string[] = [];
  for (let atSync = 1, hasDied = true; hasDied && atSync <= maxSyncs; atSync += 1) {
    const jobids = await walk.begin(world);
    told.push(...jobids);
    hasDied = await step(world, walk, atSync, jobids);
  }
  await world.bot.doom({ atSync: 0 });
  await world.looks(3);
  return told.map((jobid) => walk.count(world, jobid));
}

describe.skipIf(!IS_ASKED_FOR)('a bot that dies at every sync of its store in turn', () => {
  it.concurrent.each(WALKS)(
    'tells $name once, dead $when the sync',
    async (walk) => {
      const world = await LifeWorld.start({ nonceLivesMs: 2 * MINUTE_MS });
      try {
        const counts = await goThrough(world, walk, MAX_SYNCS);

        expect(counts.filter((count) => count !== 1)).toEqual([]);
        expect(counts.length).toBeGreaterThan(1);
      } finally {
        await world.close();
      }
    },
    20 * MINUTE_MS,
  );
});
