import type { BenchWorld } from './bench-world.ts';
import type { Measurement } from './measurement.ts';
import { ShowcasePosts, type SubmittedJob, startReplyWorld, submitJobs, untilReadsRest } from './reply-world.ts';
import { toMs, toPercentile } from './statistics.ts';

const ENDS = 200;
const OTHERS = 20;
const CALLS_EACH_MS = 250;

/** How long posts take where very many jobs end at once, while others call back with how far they are. */
export const replyBurst: Measurement = {
  name: 'reply-burst',
  async measure() {
    const world = await startReplyWorld(15, true);
    try {
      const jobs = await submitJobs(world, ENDS + OTHERS);
      await untilReadsRest(world);
      const { reads, waits } = await endAtOnce(world, jobs.slice(0, ENDS), jobs.slice(ENDS));
      return {
        head: [`${ENDS} jobs that end at once, with calls back`, 'p50', 'p99', 'the last'],
        rows: [
          ['from the end at the API to its read', ...toQuantiles(reads)],
          ['from the end at the API to the post', ...toQuantiles(waits)],
        ],
        notes: [
          `${OTHERS} other jobs call back every ${CALLS_EACH_MS} ms meanwhile, as if they moved on; what claims an end is read before them.`,
          'Posts in one channel, without media, and no limits of the stand-in of Discord, which would take 50 a second.',
        ],
      };
    } finally {
      await world.close();
    }
  },
};

async function endAtOnce(world: BenchWorld, ending: readonly SubmittedJob[], others: readonly SubmittedJob[]) {
  const prompts = ending.map(({ prompt }) => prompt);
  const posts = new ShowcasePosts(world, prompts);
  const calling = setInterval(() => {
    for (const job of others) void callOf(job);
  }, CALLS_EACH_MS);
  try {
    await untilCalled(world, others.length);
    const reads = new Map<string, number>();
    const stop = world.useapi.onRequest(({ method, path }) => {
      const jobid = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
      if (method === 'GET' && !reads.has(jobid)) reads.set(jobid, performance.now());
    });
    const endedAt = performance.now();
    for (const { jobid } of ending) world.useapi.world.advance(jobid, { to: 'completed' });
    await posts.all;
    stop();
    const since = (at = Number.POSITIVE_INFINITY) => at - endedAt;
    return {
      reads: ending.map(({ jobid }) => since(reads.get(jobid))),
      waits: prompts.map((prompt) => since(posts.times.get(prompt))),
    };
  } finally {
    clearInterval(calling);
  }
}

/** Until the others are being read. */
function untilCalled({ useapi }: BenchWorld, count: number): Promise<void> {
  let reads = 0;
  return new Promise((resolve) => {
    const stop = useapi.onRequest(({ method, path }) => {
      if (method !== 'GET' || !path.includes('/jobs/')) return;
      reads += 1;
      if (reads < count) return;
      stop();
      resolve();
    });
  });
}

async function callOf({ jobid, replyUrl = '' }: SubmittedJob): Promise<void> {
  const body = JSON.stringify({ jobid, status: 'progress' });
  await fetch(replyUrl, { method: 'POST', body }).then(
    (answer) => answer.body?.cancel(),
    () => undefined,
  );
}

function toQuantiles(waits: readonly number[]): readonly string[] {
  return [0.5, 0.99, 1].map((part) => toMs(toPercentile(waits, part)));
}
