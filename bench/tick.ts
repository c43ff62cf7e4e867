import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { nextList, waitForFirstReads } from './followed-jobs.ts';
import type { Measurement } from './measurement.ts';
import { toMb, toMs } from './statistics.ts';

const JOBS = 10_000;
const TICKS = 30;

/** What following very many running jobs costs the bot. */
export const tick: Measurement = {
  name: 'tick',
  async measure() {
    const world = await startBenchWorld('ours', {
      useapi: { maxJobs: JOBS },
      environment: { POLL_INTERVAL_SECONDS: '1' },
    });
    try {
      const idle = await measureTicks(world);
      const idleRss = world.bot.rss();
      await waitForFirstReads(world.useapi, world.useapi.world.addRunningJobs(JOBS));
      const busy = await measureTicks(world);
      return {
        head: [`${TICKS} ticks, one a second`, `${JOBS} jobs run`, 'target', 'none runs'],
        rows: [
          ['processor time from tick to tick, mean', toMs(busy.meanMs), '≤ 60 ms', toMs(idle.meanMs)],
          ['the same, highest', toMs(busy.highestMs), '–', toMs(idle.highestMs)],
          ['memory (RSS) afterwards', toMb(world.bot.rss()), '< 250 MB', toMb(idleRss)],
        ],
        notes: [
          'Processor time of the whole process, all threads, user and system, as Linux counts it in steps of 10 ms, from one list to the next: whatever else the bot does in that second is in it.',
          'Each job was read once before; a tick lists all jobs and reads none.',
        ],
      };
    } finally {
      await world.close();
    }
  },
};

interface TickCost {
  readonly meanMs: number;
  readonly highestMs: number;
}

async function measureTicks({ useapi, bot }: BenchWorld): Promise<TickCost> {
  await nextList(useapi);
  const used = [bot.cpuMs()];
  while (used.length <= TICKS) {
    await nextList(useapi);
    used.push(bot.cpuMs());
  }
  const costs = used.slice(1).map((ms, at) => ms - (used[at] ?? 0));
  return { meanMs: costs.reduce((sum, cost) => sum + cost, 0) / TICKS, highestMs: Math.max(...costs) };
}
