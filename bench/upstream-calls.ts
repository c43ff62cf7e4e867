import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { measureCallsPerTick } from './calls-per-tick.ts';
import type { MeasuredTable, Measurement } from './measurement.ts';

const ASKERS = 50;
const RUNNING_JOBS = 5;
/** The age up to which `/jobs` reuses a list, and a little more. */
const LIST_AGE_MS = 5_200;

/** Calls that reach the API when many people ask `/jobs` at once, and while many jobs are followed. */
export const upstreamCalls: Measurement = {
  name: 'upstream-calls',
  measure: async () => [await measureQuestions(), await measureCallsPerTick()],
};

async function measureQuestions(): Promise<MeasuredTable> {
  const world = await startBenchWorld('ours');
  try {
    await waitForQuiet(world);
    for (let count = 0; count < RUNNING_JOBS; count += 1) world.useapi.world.startJob({ prompt: `running ${count}` });
    const first = await countCalls(world);
    const soon = await countCalls(world);
    await delay(LIST_AGE_MS);
    const later = await countCalls(world);
    return {
      head: [`${ASKERS} concurrent \`/jobs\``, 'lists asked of the API', 'jobs read at the API'],
      rows: [
        ['after a quiet time, jobs not known yet', ...first],
        ['again within 5 s', ...soon],
        ['again after more than 5 s', ...later],
      ],
      notes: [`${RUNNING_JOBS} jobs run; both API versions are listed, so two lists are the least for one fresh look.`],
    };
  } finally {
    await world.close();
  }
}

async function countCalls({ command, useapi }: BenchWorld): Promise<string[]> {
  useapi.clearRequests();
  await Promise.all(Array.from({ length: ASKERS }, () => command({ path: 'jobs' })));
  const paths = useapi.requests.map(({ path }) => path);
  const lists = paths.filter((path) => /\/jobs(\?|$)/.test(path)).length;
  return [String(lists), String(paths.length - lists)];
}

/** Until the first look of the bot itself is too old to be reused. */
async function waitForQuiet({ useapi }: BenchWorld): Promise<void> {
  let lastAt = performance.now();
  const stop = useapi.onRequest(() => {
    lastAt = performance.now();
  });
  while (performance.now() - lastAt < LIST_AGE_MS) await delay(100);
  stop();
}
