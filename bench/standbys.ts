import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import type { BotProcess } from './bot-process.ts';
import type { MeasuredTable } from './measurement.ts';
import { endOneByOne, toRule } from './post-latency.ts';
import { addRulesWithin } from './prefill.ts';
import { toMb, toMs, toPercentile } from './statistics.ts';
import { createPlace, type EngineName, type StorePlace } from './store-place.ts';

const JOBS = 30;
const IDLE_MS = 15_000;
/** Until a bot that has just started has done what a start entails. */
const SETTLE_MS = 5_000;

/** Processes on one store, of which all but one stand by. */
interface Fleet {
  readonly engine: EngineName;
  readonly processes: number;
}

const FLEETS: readonly Fleet[] = [
  { engine: 'SQLite', processes: 1 },
  { engine: 'PostgreSQL', processes: 1 },
  { engine: 'PostgreSQL', processes: 3 },
  { engine: 'PostgreSQL', processes: 5 },
];

/** What it costs that other processes stand by: waits for posts, transactions while nothing happens, memory. */
export async function measureStandbys(): Promise<MeasuredTable> {
  const rows: string[][] = [];
  for (const fleet of FLEETS)
    rows.push([...toTitle(fleet), ...(await measureIdle(fleet)), ...(await measurePosts(fleet))]);
  return {
    head: [
      'processes',
      'of which stand by',
      'transactions a second while nothing happens',
      'memory (RSS) of the one at work',
      'of each that stands by',
      'from the end at the API to the post, p50',
      'p99',
    ],
    rows,
    notes: [
      `Transactions: as the server counts them for the bot’s database in ${IDLE_MS / 1_000} s, a statement alone being one; the API is polled each 15 s.`,
      `Posts: ${JOBS} jobs end one at a time, each at a random moment between two polls, which are 1 s apart; without media, and without limits of the stand-in of Discord.`,
    ],
  };
}

function toTitle({ engine, processes }: Fleet): string[] {
  return [`${processes} on ${engine}`, String(processes - 1)];
}

async function measureIdle(fleet: Fleet): Promise<string[]> {
  return withFleet(fleet, '15', async (world, standbys, place) => {
    await delay(SETTLE_MS);
    const [before, from] = [await place.commits(), performance.now()];
    await delay(IDLE_MS);
    const rate = ((await place.commits()) - before) / ((performance.now() - from) / 1_000);
    const memory = standbys.map((bot) => bot.rss());
    return [
      place.engine === 'SQLite' ? '–' : rate.toFixed(1),
      toMb(world.bot.rss()),
      memory.length === 0 ? '–' : toMb(toPercentile(memory, 0.5)),
    ];
  });
}

async function measurePosts(fleet: Fleet): Promise<string[]> {
  return withFleet(fleet, '1', async (world) => {
    const waits = await endOneByOne(world, ['plain'], JOBS);
    return [0.5, 0.99].map((share) => toMs(toPercentile(waits.plain, share)));
  });
}

async function withFleet<T>(
  { engine, processes }: Fleet,
  pollSeconds: string,
  measure: (world: BenchWorld, standbys: readonly BotProcess[], place: StorePlace) => Promise<T>,
): Promise<T> {
  const place = await createPlace(engine);
  const { store, close } = await place.open();
  await addRulesWithin(store, [toRule('plain', 'none')]);
  await close();
  const environment = { STORE_URL: place.url, POLL_INTERVAL_SECONDS: pollSeconds };
  const world = await startBenchWorld('ours', { discord: { limits: 'off' }, environment });
  const standbys: BotProcess[] = [];
  try {
    while (standbys.length < processes - 1) standbys.push(await world.startStandby());
    return await measure(world, standbys, place);
  } finally {
    for (const bot of standbys) await bot.stop();
    await world.close();
    await place.remove();
  }
}
