import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { nextList } from './followed-jobs.ts';
import type { Measurement } from './measurement.ts';

const TICKS = 30;
const VERSIONS = 2;
const JOB_COUNTS = [0, 1, 20, 200];
const LIST = /^\/(v2|v3\/midjourney)\/jobs(\?|$)/;

/** Calls that following makes for jobs that start, run for a while and end. */
export const followingCalls: Measurement = {
  name: 'following-calls',
  async measure() {
    const world = await startBenchWorld('ours', { environment: { POLL_INTERVAL_SECONDS: '1' } });
    try {
      const rows: string[][] = [];
      for (const jobs of JOB_COUNTS) rows.push(toRow(jobs, await countCalls(world, jobs)));
      return {
        head: [`${TICKS} ticks, one a second`, 'lists', 'reads', 'calls', 'target'],
        rows,
        notes: [
          `The jobs of a row start together before the first tick, run for ${TICKS / 2} ticks and end together; ${VERSIONS} API versions are listed.`,
          'The target is ticks × versions + 2 × jobs.',
        ],
      };
    } finally {
      await world.close();
    }
  },
};

interface Calls {
  readonly lists: number;
  readonly reads: number;
}

function toRow(jobs: number, { lists, reads }: Calls): string[] {
  const target = `≤ ${TICKS * VERSIONS + 2 * jobs}`;
  return [`${jobs} ${jobs === 1 ? 'job' : 'jobs'}`, String(lists), String(reads), String(lists + reads), target];
}

async function countCalls({ useapi }: BenchWorld, jobs: number): Promise<Calls> {
  await nextList(useapi);
  const jobids = Array.from({ length: jobs }, (_, at) => useapi.world.startJob({ prompt: `followed ${at}` }));
  let lists = 0;
  let reads = 0;
  const stop = useapi.onRequest(({ path }) => {
    if (LIST.test(path)) lists += 1;
    else reads += 1;
  });
  for (let tick = 0; tick < TICKS / 2; tick += 1) await nextList(useapi);
  for (const jobid of jobids) useapi.world.advance(jobid, { to: 'completed' });
  for (let tick = TICKS / 2; tick < TICKS; tick += 1) await nextList(useapi);
  stop();
  return { lists, reads };
}
