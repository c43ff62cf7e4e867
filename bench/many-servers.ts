import { toLargePlan } from '../sandbox/discord/world/large-plan.ts';
import { defaultWorldPlan } from '../sandbox/discord/world/world-plan.ts';
import { startBenchWorld } from './bench-world.ts';
import type { Measurement } from './measurement.ts';
import { toMb, toMs, toPercentile } from './statistics.ts';

const SIZES = [1_000, 2_000, 3_000];
const STARTS = 3;

interface Start {
  readonly readyAfterMs: number;
  readonly rssBytes: number;
  readonly cpuMs: number;
  readonly shards: number;
}

/** From the start of the process to serving every one of many servers, with as many shards as Discord recommends. */
export const manyServers: Measurement = {
  name: 'many-servers',
  async measure() {
    const rows: string[][] = [];
    for (const size of SIZES) {
      const starts: Start[] = [];
      for (let round = 0; round < STARTS; round += 1) starts.push(await startOnce(size));
      rows.push(toRow(size, starts));
    }
    return {
      head: ['servers in one process', 'shards', 'start to ready', 'processor time', 'memory (RSS) when ready'],
      rows,
      notes: [
        `Medians of ${STARTS} starts of each with \`DISCORD_GUILD_IDS=all\`, \`DISCORD_SHARDS=auto\` and an empty store; servers of five channels and four members.`,
        'Discord takes one log-in in five seconds, for which each shard after the first waits: that is nearly all of the time.',
      ],
    };
  },
};

async function startOnce(size: number): Promise<Start> {
  const plan = toLargePlan(size - defaultWorldPlan.guilds.length);
  const world = await startBenchWorld('ours', {
    discord: { world: plan },
    environment: { DISCORD_GUILD_IDS: 'all', DISCORD_SHARDS: 'auto' },
  });
  const { readyAfterMs } = world.bot;
  const seen = { readyAfterMs, rssBytes: world.bot.rss(), cpuMs: world.bot.cpuMs() };
  await world.command({ path: 'help' });
  const shards = world.discord.connectedSessions();
  await world.close();
  return { ...seen, shards };
}

function toRow(size: number, starts: readonly Start[]): string[] {
  const medianOf = (read: (one: Start) => number) => toPercentile(starts.map(read), 0.5);
  return [
    String(size),
    String(medianOf(({ shards }) => shards)),
    toMs(medianOf(({ readyAfterMs }) => readyAfterMs)),
    toMs(medianOf(({ cpuMs }) => cpuMs)),
    toMb(medianOf(({ rssBytes }) => rssBytes)),
  ];
}
