import { connect } from 'node:net';
import { forEachLimited } from '../src/shared/limiter.ts';
import type { BenchWorld } from './bench-world.ts';
import type { Measurement } from './measurement.ts';
import { ShowcasePosts, type SubmittedJob, startReplyWorld, submitJobs } from './reply-world.ts';
import { toMs, toPercentile } from './statistics.ts';

const JOBS = 10;
const CALLS = 10_000;
const SLOW_CALLS = 100;
const AT_ONCE = 50;
const LIST = /\/jobs(\?|$)/;
const STATUSES = ['created', 'started', 'progress', 'completed', 'failed', 'cancelled', 'moderated'];

/** What ten thousand calls do that nobody needs. */
export const replyFlood: Measurement = {
  name: 'reply-flood',
  async measure() {
    const world = await startReplyWorld(15, true);
    try {
      const jobs = await submitJobs(world, JOBS);
      const slow = callSlowly(jobs);
      const flood = await sendAll(world, jobs);
      const slowest = Math.max(...(await slow));
      const posts = new ShowcasePosts(
        world,
        jobs.map(({ prompt }) => prompt),
      );
      for (const { jobid } of jobs) world.useapi.world.advance(jobid, { to: 'completed' });
      await Promise.all([posts.all, sendAll(world, jobs)]);
      return toTable(flood, slowest, posts);
    } finally {
      await world.close();
    }
  },
};

interface Flood {
  readonly seconds: number;
  readonly reads: number;
  readonly statuses: ReadonlyMap<number, number>;
  readonly waits: readonly number[];
  readonly cpuMs: number;
}

function toTable({ seconds, reads, statuses, waits, cpuMs }: Flood, slowestMs: number, posts: ShowcasePosts) {
  const most = JOBS * (Math.ceil(seconds) + 2);
  const twice = [...posts.counts.values()].filter((count) => count > 1).length;
  return {
    head: [`${CALLS} calls back while ${JOBS} jobs run and nothing changes`, 'measured', 'target'],
    rows: [
      ['reads of jobs at the API', String(reads), `≤ ${most}`],
      [
        'answered with 200; 429, unread; 404',
        [200, 429, 404].map((status) => statuses.get(status) ?? 0).join('; '),
        '–',
      ],
      ['answered after, p50', toMs(toPercentile(waits, 0.5)), '–'],
      ['answered after, p99', toMs(toPercentile(waits, 0.99)), '–'],
      ['all of them', `${seconds.toFixed(1)} s`, '–'],
      ['processor time of the bot', `${(cpuMs / 1_000).toFixed(1)} s`, '–'],
      [`${SLOW_CALLS} slow senders beside them: the last one cut after`, toMs(slowestMs), '≤ 6000 ms'],
      [`posts when the jobs end amid ${CALLS} more, of which twice`, `${posts.times.size}, ${twice}`, `${JOBS}, 0`],
    ],
    notes: [
      `Of the calls, a third have a wrong token or signature; a third repeat an address with states in random order; a third name jobs of others. ${AT_ONCE} at once.`,
      'The target of reads is one a second for each job, and two more. What is not read still leads to a look at its job.',
    ],
  };
}

async function sendAll({ useapi, bot }: BenchWorld, jobs: readonly SubmittedJob[]): Promise<Flood> {
  const statuses = new Map<number, number>();
  const waits: number[] = [];
  let reads = 0;
  const stop = useapi.onRequest(({ method, path }) => {
    if (method === 'GET' && !LIST.test(path)) reads += 1;
  });
  const [startedAt, cpuBefore] = [performance.now(), bot.cpuMs()];
  await forEachLimited(
    Array.from({ length: CALLS }, (_, at) => at),
    AT_ONCE,
    async (at) => {
      const calledAt = performance.now();
      const status = await callOnce(at, jobs);
      waits.push(performance.now() - calledAt);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    },
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  stop();
  return { seconds, reads, statuses, waits, cpuMs: bot.cpuMs() - cpuBefore };
}

/** Status of the answer, or 0 where the connection was cut. */
async function callOnce(at: number, jobs: readonly SubmittedJob[]): Promise<number> {
  const job = jobs[at % jobs.length];
  const other = jobs[Math.floor(Math.random() * jobs.length)];
  const url = job?.replyUrl ?? '';
  const status = STATUSES[Math.floor(Math.random() * STATUSES.length)];
  const target = at % 3 === 0 ? forge(url) : url;
  const jobid = at % 3 === 2 ? other?.jobid : job?.jobid;
  return fetch(target, { method: 'POST', body: JSON.stringify({ jobid, status, response: { content: 'x' } }) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => 0,
  );
}

/** With one sign of the token or the signature turned. */
function forge(url: string): string {
  const at = url.length - 1 - Math.floor(Math.random() * 40) - (Math.random() < 0.5 ? 0 : 61);
  return `${url.slice(0, at)}${url[at] === 'A' ? 'B' : 'A'}${url.slice(at + 1)}`;
}

/** Begins requests that never end; resolves to the milliseconds after which each was cut. */
function callSlowly(jobs: readonly SubmittedJob[]): Promise<readonly number[]> {
  return Promise.all(
    Array.from({ length: SLOW_CALLS }, async (_, at) => {
      const { port, pathname } = new URL(jobs[at % jobs.length]?.replyUrl ?? '');
      const startedAt = performance.now();
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n`);
      const dripping = setInterval(() => socket.write('x'), 200);
      await new Promise<void>((resolve) => void socket.resume().once('close', () => resolve()));
      clearInterval(dripping);
      return performance.now() - startedAt;
    }),
  );
}
