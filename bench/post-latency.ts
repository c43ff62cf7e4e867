import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DiscordStandIn } from '../sandbox/discord/discord-stand-in.ts';
import { sandboxIds } from '../sandbox/discord/world/world-plan.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { waitForFirstReads } from './followed-jobs.ts';
import type { Measurement } from './measurement.ts';
import { addRules } from './prefill.ts';
import { toMs, toPercentile } from './statistics.ts';

const JOBS_OF_EACH = 60;
const POLL_MS = 1_000;
const TARGET = `≤ ${POLL_MS + 500} ms`;
const PATIENCE_MS = 30_000;
const KINDS = ['plain', 'pictured'] as const;
const SHOWCASE_POSTS = `/channels/${sandboxIds.showcase}/messages`;

/** How long a channel waits for the post of a job that has ended. */
export const postLatency: Measurement = {
  name: 'post-latency',
  async measure() {
    const world = await startBenchWorld('ours', {
      discord: { limits: 'off' },
      environment: { POLL_INTERVAL_SECONDS: String(POLL_MS / 1_000) },
      prefill: (storePath) => addRules(storePath, [toRule('plain', 'none'), toRule('pictured', 'full')]),
    });
    try {
      const waits = await endOneByOne(world, KINDS, JOBS_OF_EACH);
      return {
        head: ['from the end at the API to the post', 'p50', 'p99', 'target of p99'],
        rows: [toRow('without media', waits.plain), toRow('with media', waits.pictured)],
        notes: [
          `${JOBS_OF_EACH} jobs of each kind end one at a time, each at a random moment between two polls; the interval is ${POLL_MS / 1_000} s (the least that can be set; the default of 15 s adds to each wait up to 14 s, and each interval is up to 5% longer at random).`,
          'With media: fetched from the API and uploaded as our own files. Without limits of the stand-in of Discord, which one post after the other does not reach.',
        ],
      };
    } finally {
      await world.close();
    }
  },
};

type Kind = (typeof KINDS)[number];
type Waits = Readonly<Record<Kind, number[]>>;

/** A rule that posts jobs whose prompt has the word. */
export function toRule(word: Kind, media: 'none' | 'full') {
  return { channelId: sandboxIds.showcase, events: ['completed' as const], promptWords: [word], media };
}

/** Milliseconds from the end of each job to its post: so many of each kind, one at a time. */
export async function endOneByOne(
  { useapi, discord }: BenchWorld,
  kinds: readonly Kind[],
  count: number,
): Promise<Waits> {
  const jobs = Array.from({ length: count }, (_, at) =>
    kinds.map((kind) => ({ kind, jobid: useapi.world.startJob({ prompt: `a ${kind} harbour, number ${at}` }) })),
  ).flat();
  await waitForFirstReads(
    useapi,
    jobs.map(({ jobid }) => jobid),
  );
  const waits: Waits = { plain: [], pictured: [] };
  for (const { kind, jobid } of jobs) {
    await delay(Math.random() * POLL_MS);
    const posted = nextPost(discord);
    const endedAt = performance.now();
    useapi.world.advance(jobid, { to: 'completed' });
    waits[kind].push((await posted) - endedAt);
  }
  return waits;
}

/** When the next post is there. @throws Error when none comes. */
function nextPost({ requests }: DiscordStandIn): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(new Error('A post did not come.')), PATIENCE_MS);
  const stop = requests.subscribe(({ method, path, status }) => {
    if (method !== 'POST' || path !== SHOWCASE_POSTS || status !== 200) return;
    stop();
    clearTimeout(timer);
    resolve(performance.now());
  });
  return promise;
}

function toRow(title: string, waits: readonly number[]): string[] {
  return [title, toMs(toPercentile(waits, 0.5)), toMs(toPercentile(waits, 0.99)), TARGET];
}
