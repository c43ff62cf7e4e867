import { startBenchWorld } from './bench-world.ts';
import type { Measurement } from './measurement.ts';
import { FilledStore } from './prefill.ts';
import { toMs, toPercentile } from './statistics.ts';

const JOBS = 100_000;
const STARTS = 7;
const TARGET = '< 2000 ms';

/** From the start of the process to ready, with very many stored jobs and with none, in turn. */
export const reopen: Measurement = {
  name: 'reopen',
  async measure() {
    const filled = await FilledStore.write(JOBS);
    try {
      const full: number[] = [];
      const empty: number[] = [];
      for (let round = 0; round < STARTS; round += 1) {
        full.push(await startOnce(async (path) => filled.copyTo(path)));
        empty.push(await startOnce());
      }
      return {
        head: ['start to ready', 'median', 'slowest', 'target'],
        rows: [toRow(`with ${JOBS} stored jobs`, full, TARGET), toRow('with an empty store', empty, '–')],
        notes: [
          `${STARTS} starts of each, in turn; ready means logged in and commands registered, from the start of the Node process; 100 of the stored jobs still run and 500 are known to autocomplete.`,
        ],
      };
    } finally {
      filled.remove();
    }
  },
};

async function startOnce(prefill: (storePath: string) => Promise<void> = async () => undefined): Promise<number> {
  const world = await startBenchWorld('ours', { prefill });
  await world.close();
  return world.bot.readyAfterMs;
}

function toRow(title: string, values: readonly number[], target: string): string[] {
  return [title, toMs(toPercentile(values, 0.5)), toMs(Math.max(...values)), target];
}
