import { performance } from 'node:perf_hooks';
import { ChannelKind } from '../sandbox/discord/discord-numbers.ts';
import type { DiscordStandIn } from '../sandbox/discord/discord-stand-in.ts';
import { defaultWorldPlan, sandboxIds, type WorldPlan } from '../sandbox/discord/world/world-plan.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { waitForFirstReads } from './followed-jobs.ts';
import type { Measurement } from './measurement.ts';
import { addRules } from './prefill.ts';

const CHANNELS = 200;
const JOBS_PER_CHANNEL = 5;
const POSTS = CHANNELS * JOBS_PER_CHANNEL;
/** What 50 requests a second allow for so many posts. */
const LEAST_SECONDS = POSTS / 50;
const TARGET_SECONDS = LEAST_SECONDS * 1.15;
const PATIENCE_MS = 120_000;
const POST_ROUTE = 'POST /channels/{channel_id}/messages';

/** How long it takes until all channels know when very many jobs end at once. */
export const posts: Measurement = {
  name: 'posts',
  async measure() {
    const world = await startBenchWorld('ours', {
      discord: { world: toPlan() },
      useapi: { maxJobs: POSTS },
      environment: { POLL_INTERVAL_SECONDS: '1' },
      prefill: (storePath) =>
        addRules(
          storePath,
          Array.from({ length: CHANNELS }, (_, at) => toRule(at)),
        ),
    });
    try {
      const ended = await endAtOnce(world);
      return {
        head: [`${POSTS} jobs that end at once`, 'measured', 'target'],
        rows: [
          ['until the first post', toSeconds(ended.firstMs), '–'],
          ['until the last post', toSeconds(ended.lastMs), `≤ ${TARGET_SECONDS} s`],
          ['posts that Discord refused for their rate (429)', String(ended.refused), '–'],
          ['posts, of which twice', `${ended.posted}, ${ended.posted - POSTS}`, `${POSTS}, 0`],
        ],
        notes: [
          `${CHANNELS} rules, one per channel, without media, each matches ${JOBS_PER_CHANNEL} of the jobs; polled each second; from the jobs' end at the API, so the wait for the next poll and the reading of ${POSTS} jobs are in it.`,
          `The stand-in of Discord takes 50 requests a second and 5 posts in 5 s per channel: ${LEAST_SECONDS} s is the least that these limits allow.`,
          'Both stand-ins share the machine with the bot: they take part of its processors.',
        ],
      };
    } finally {
      await world.close();
    }
  },
};

function toPlan(): WorldPlan {
  const guilds = defaultWorldPlan.guilds.map((guild) =>
    guild.id === sandboxIds.guild ? { ...guild, channels: [...guild.channels, ...toChannels()] } : guild,
  );
  return { ...defaultWorldPlan, guilds };
}

function toChannels() {
  return Array.from({ length: CHANNELS }, (_, at) => ({
    id: toChannelId(at),
    name: `studio-${at}`,
    type: ChannelKind.Text,
  }));
}

function toChannelId(at: number): string {
  return String(1_204_417_700_112_200_000n + BigInt(at));
}

function toWord(at: number): string {
  return `studio${at}`;
}

function toRule(at: number) {
  const events = ['completed' as const];
  return { channelId: toChannelId(at), events, promptWords: [toWord(at)], media: 'none' as const };
}

interface Ended {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly refused: number;
  readonly posted: number;
}

async function endAtOnce({ useapi, discord }: BenchWorld): Promise<Ended> {
  const jobids = Array.from({ length: POSTS }, (_, at) =>
    useapi.world.startJob({ prompt: `a quiet room in ${toWord(at % CHANNELS)}, number ${at}` }),
  );
  await waitForFirstReads(useapi, jobids);
  const watched = watchPosts(discord);
  const endedAt = performance.now();
  for (const jobid of jobids) useapi.world.advance(jobid, { to: 'completed' });
  const { firstAt, lastAt, refused } = await watched;
  const posted = Array.from({ length: CHANNELS }, (_, at) => discord.world.messages.list(toChannelId(at)).length);
  return {
    firstMs: firstAt - endedAt,
    lastMs: lastAt - endedAt,
    refused,
    posted: posted.reduce((sum, count) => sum + count, 0),
  };
}

interface Watched {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly refused: number;
}

/** Resolves at the last of the posts. @throws Error when they do not come in time. */
function watchPosts({ requests }: DiscordStandIn): Promise<Watched> {
  const { promise, resolve, reject } = Promise.withResolvers<Watched>();
  let taken = 0;
  let refused = 0;
  let firstAt = 0;
  const timer = setTimeout(() => reject(new Error(`Only ${taken} of ${POSTS} posts came.`)), PATIENCE_MS);
  const stop = requests.subscribe(({ route, status }) => {
    if (route !== POST_ROUTE) return;
    if (status === 429) refused += 1;
    if (status !== 200) return;
    taken += 1;
    if (taken === 1) firstAt = performance.now();
    if (taken < POSTS) return;
    stop();
    clearTimeout(timer);
    resolve({ firstAt, lastAt: performance.now(), refused });
  });
  return promise;
}

function toSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
