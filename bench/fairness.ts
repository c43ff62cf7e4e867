import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DiscordStandIn } from '../sandbox/discord/discord-stand-in.ts';
import { sandboxIds } from '../sandbox/discord/world/world-plan.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import {
  BUSY_CHANNELS,
  broadcast,
  commands,
  type Flood,
  nothing,
  pictures,
  toBusyPlan,
  toBusyRules,
} from './floods.ts';
import { waitForFirstReads } from './followed-jobs.ts';
import type { Measurement } from './measurement.ts';
import { addRulesWithin } from './prefill.ts';
import { toMs, toPercentile } from './statistics.ts';
import { createPlace, type EngineName, type StorePlace } from './store-place.ts';

/** What the quiet server posts, and how often: slower than it takes alone, and than Discord's five posts in 5 s. */
interface Kind {
  readonly title: string;
  readonly media: 'none' | 'full';
  readonly jobs: number;
  readonly everyMs: number;
}

const PLAIN: Kind = { title: 'without media', media: 'none', jobs: 40, everyMs: 1_200 };
const PICTURED: Kind = { title: 'with media', media: 'full', jobs: 20, everyMs: 3_000 };
const CASES: readonly (readonly [Flood, Kind])[] = [
  [nothing, PLAIN],
  [broadcast, PLAIN],
  [commands, PLAIN],
  [nothing, PICTURED],
  [pictures, PICTURED],
];
const ENGINES: readonly EngineName[] = ['SQLite', 'PostgreSQL'];
/** Milliseconds for which a file of the API takes its time. */
const FILE_MS = 300;
const PATIENCE_MS = 120_000;
const QUIET_POSTS = `/channels/${sandboxIds.otherGeneral}/messages`;
const FILES = '\\.(png|webp|jpe?g|mp4)';
const BOTH = `${sandboxIds.guild},${sandboxIds.otherGuild}`;

/** How long a quiet server waits for its posts while another one has very much waiting. */
export const fairness: Measurement = {
  name: 'fairness',
  async measure() {
    const rows: string[][] = [];
    for (const [flood, kind] of CASES) {
      const row = [flood.title, kind.title];
      for (const engine of ENGINES) row.push(...toCells(await waitsBeside(engine, flood, kind)));
      rows.push(row);
    }
    const heads = ENGINES.flatMap((engine) => [`p50 on ${engine}`, `p99 on ${engine}`]);
    return {
      head: ['while another server has', 'posts of a quiet one', ...heads],
      rows,
      notes: [
        `From the end of a job at the API to its post: ${PLAIN.jobs} jobs, one each ${PLAIN.everyMs / 1_000} s, or ${PICTURED.jobs} with five files each, one each ${PICTURED.everyMs / 1_000} s; polled each second.`,
        `Two servers in one process; the busy one has ${BUSY_CHANNELS} channels with a rule each. What waits of it is there when the first of the jobs ends, so that planning all its posts is in the highest figures.`,
        `The stand-in of Discord keeps its limits (50 requests a second, 5 posts in 5 s per channel), and each file takes the API ${FILE_MS} ms.`,
      ],
    };
  },
};

async function waitsBeside(engine: EngineName, flood: Flood, kind: Kind): Promise<readonly number[]> {
  const place = await createPlace(engine);
  await addAllRules(place, flood, kind);
  const world = await startBenchWorld('ours', {
    discord: { world: toBusyPlan() },
    environment: {
      STORE_URL: place.url,
      DISCORD_GUILD_IDS: BOTH,
      POLL_INTERVAL_SECONDS: '1',
      GUILD_READS_PER_MINUTE: '300',
    },
  });
  const { useapi } = world;
  try {
    useapi.faults.add({ match: { path: FILES }, action: { kind: 'delay', ms: FILE_MS } });
    const start = (prompt: string) => useapi.world.startJob({ prompt });
    const busy = flood.prompts.map(start);
    const jobids = Array.from({ length: kind.jobs }, (_, at) => start(`a quiet harbour, number ${at}`));
    await waitForFirstReads(useapi, [...busy, ...jobids]);
    const end = flood.begin(world, busy);
    const waits = await endInTurn(world, jobids, kind.everyMs);
    await end();
    return waits;
  } finally {
    await world.close();
    await place.remove();
  }
}

async function addAllRules(place: StorePlace, flood: Flood, { media }: Kind): Promise<void> {
  const { store, close } = await place.open();
  await addRulesWithin(store, toBusyRules(flood === broadcast ? 'shared' : 'own'));
  const quiet = { channelId: sandboxIds.otherGeneral, events: ['completed' as const], promptWords: ['quiet'], media };
  await addRulesWithin(store, [quiet], sandboxIds.otherGuild);
  await close();
}

/** One after the other at fixed times, whether or not the ones before were posted. */
async function endInTurn(
  { useapi, discord }: BenchWorld,
  jobids: readonly string[],
  everyMs: number,
): Promise<readonly number[]> {
  const posted = watchPosts(discord, jobids.length);
  const endedAt: number[] = [];
  for (const jobid of jobids) {
    endedAt.push(performance.now());
    useapi.world.advance(jobid, { to: 'completed' });
    await delay(everyMs);
  }
  const postedAt = await posted;
  return endedAt.map((at, index) => (postedAt[index] ?? Number.POSITIVE_INFINITY) - at);
}

/** When each post of the quiet server came, at most until the patience is over. */
async function watchPosts({ requests }: DiscordStandIn, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = requests.subscribe(({ method, path, status }) => {
    if (method !== 'POST' || path !== QUIET_POSTS || status !== 200) return;
    times.push(performance.now());
    if (times.length === count) resolve();
  });
  const timer = setTimeout(resolve, PATIENCE_MS);
  await promise;
  clearTimeout(timer);
  stop();
  return times;
}

function toCells(waits: readonly number[]): readonly string[] {
  return [0.5, 0.99].map((share) => toCell(toPercentile(waits, share)));
}

function toCell(ms: number): string {
  return ms === Number.POSITIVE_INFINITY ? `> ${PATIENCE_MS / 1_000} s` : toMs(ms);
}
