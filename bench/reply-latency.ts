import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from './measurement.ts';
import { ShowcasePosts, startReplyWorld, submitJobs, untilReadsRest } from './reply-world.ts';
import { toMs, toPercentile } from './statistics.ts';

const JOBS = 120;
const POLL_SECONDS = 15;
/** The jobs end within so many intervals. */
const INTERVALS = 4;

/** How long a channel waits for the post of a job that has ended, where the API calls back and where it does not. */
export const replyLatency: Measurement = {
  name: 'reply-latency',
  async measure() {
    const polled = await endAtRandom(false);
    const called = await endAtRandom(true);
    return {
      head: ['from the end at the API to the post', 'p50', 'p99', 'target of p99'],
      rows: [
        ['polled alone', ...toQuantiles(polled), '–'],
        ['with calls back', ...toQuantiles(called), '≤ 300 ms'],
      ],
      notes: [
        `${JOBS} jobs, submitted by \`/imagine\`, end each at a random moment within ${INTERVALS * POLL_SECONDS} s; polled every ${POLL_SECONDS} s, the default; posts without media, and no limits of the stand-in of Discord.`,
        'The jobs end when the looks are over that their submits had led to. The bot looks at 20 jobs a second at most after a burst of 200 that claim an end, or of 40 others.',
        'The stand-in of the API calls back at once. useapi.net looks at Discord itself every 15 s by its own account: that wait comes before both.',
      ],
    };
  },
};

async function endAtRandom(hasCallbacks: boolean): Promise<readonly number[]> {
  const world = await startReplyWorld(POLL_SECONDS, hasCallbacks);
  try {
    const jobs = await submitJobs(world, JOBS);
    await untilReadsRest(world);
    const posts = new ShowcasePosts(
      world,
      jobs.map(({ prompt }) => prompt),
    );
    const endings = jobs.map(async ({ jobid, prompt }) => {
      await delay(Math.random() * INTERVALS * POLL_SECONDS * 1_000);
      world.useapi.world.advance(jobid, { to: 'completed' });
      return { prompt, endedAt: performance.now() };
    });
    await posts.all;
    const ended = await Promise.all(endings);
    return ended.map(({ prompt, endedAt }) => (posts.times.get(prompt) ?? Number.POSITIVE_INFINITY) - endedAt);
  } finally {
    await world.close();
  }
}

function toQuantiles(waits: readonly number[]): readonly string[] {
  return [toMs(toPercentile(waits, 0.5)), toMs(toPercentile(waits, 0.99))];
}
