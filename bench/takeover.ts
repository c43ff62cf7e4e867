import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { toLargePlan } from '../sandbox/discord/world/large-plan.ts';
import { defaultWorldPlan } from '../sandbox/discord/world/world-plan.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import type { BotProcess } from './bot-process.ts';
import type { Measurement } from './measurement.ts';
import { toMb, toMs, toPercentile } from './statistics.ts';
import { createPlace } from './store-place.ts';

const SIZES = [1_000, 3_000];
const COMMANDS = 200;
/** Between two commands while one process takes over from another. */
const ASK_MS = 100;
const LIMIT_MS = 90_000;
/** Two processes that do all, or two without connections and two that hold them. */
type Layout = 'all' | 'apart';

interface Fleet {
  readonly world: BenchWorld;
  readonly working: BotProcess;
  readonly others: readonly BotProcess[];
}

/** What it is worth that connections to the gateway are in processes of their own, and what it costs. */
export const takeover: Measurement = {
  name: 'takeover',
  async measure() {
    const rows: string[][] = [];
    for (const size of SIZES)
      for (const layout of ['all', 'apart'] as const) rows.push(await measureLayout(size, layout));
    return {
      head: [
        'servers, connections',
        'acknowledgement, p50',
        'p99',
        'from the stop of the one at work to the next answer',
        'log-ins for that',
        'memory (RSS) of the one at work',
        'of one that holds connections',
      ],
      rows,
      notes: [
        `On PostgreSQL; ${COMMANDS} commands one at a time. Then the process that works gets SIGTERM, one that stands by takes over, and a command is given each ${ASK_MS} ms until one is done; one take-over each.`,
        'Connections in the process itself, or in two others (`BOT_ROLE=core` and `shard`).',
      ],
    };
  },
};

async function measureLayout(size: number, layout: Layout): Promise<string[]> {
  const place = await createPlace('PostgreSQL');
  const fleet = await startFleet(size, layout, place.url);
  const { world, working, others } = fleet;
  try {
    const waits = await acknowledge(world);
    const [rss, holding] = [working.rss(), layout === 'apart' ? toMb(world.bot.rss()) : '–'];
    const logins = world.discord.logins();
    const takenOverMs = await takeOver(world, working);
    return [
      `${size}, ${layout === 'all' ? 'its own' : 'elsewhere'}`,
      toMs(toPercentile(waits, 0.5)),
      toMs(toPercentile(waits, 0.99)),
      toMs(takenOverMs),
      String(world.discord.logins() - logins),
      toMb(rss),
      holding,
    ];
  } finally {
    for (const bot of [...others, working]) await bot.stop();
    await world.close();
    await place.remove();
  }
}

async function startFleet(size: number, layout: Layout, storeUrl: string): Promise<Fleet> {
  const environment = {
    STORE_URL: storeUrl,
    DISCORD_GUILD_IDS: 'all',
    DISCORD_SHARDS: 'auto',
    BOT_ROLE: layout === 'all' ? 'all' : 'shard',
  };
  const plan = toLargePlan(size - defaultWorldPlan.guilds.length);
  const world = await startBenchWorld('ours', { discord: { world: plan }, environment });
  if (layout === 'all') return { world, working: world.bot, others: [await world.startStandby()] };
  const second = await world.startBeside({ BOT_ROLE: 'shard' });
  const working = await world.startBeside({ BOT_ROLE: 'core' });
  return { world, working, others: [second, await world.startStandby({ BOT_ROLE: 'core' })] };
}

/** Milliseconds from each command to its acknowledgement. */
async function acknowledge(world: BenchWorld): Promise<readonly number[]> {
  const waits: number[] = [];
  for (let done = 0; done < COMMANDS; done += 1) {
    const { acknowledgedAfterMs = Number.NaN } = await world.command({ path: 'jobs' });
    waits.push(acknowledgedAfterMs);
  }
  return waits;
}

/** Milliseconds from the stop until a command is done. */
async function takeOver(world: BenchWorld, working: BotProcess): Promise<number> {
  const from = performance.now();
  const { promise: done, resolve } = Promise.withResolvers<number>();
  const ask = async () => {
    const seen = await world.command({ path: 'jobs' });
    if (!JSON.stringify(seen.message).includes('restarting')) resolve(performance.now() - from);
  };
  await Promise.all([working.stop(), delay(ASK_MS)]);
  while (performance.now() - from < LIMIT_MS) {
    void ask().catch(() => undefined);
    const ms = await Promise.race([done, delay(ASK_MS)]);
    if (ms !== undefined) return ms;
  }
  throw new Error('Nobody took over.');
}
