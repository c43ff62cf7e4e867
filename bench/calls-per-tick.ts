import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestRecord } from '../sandbox/midjourney/request-log.ts';
import { startMjStandIn } from '../sandbox/mj/mj-stand-in.ts';
import { type SiblingStandInName, startSiblingStandIn } from '../sandbox/siblings/sibling-stand-in.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import type { MeasuredTable } from './measurement.ts';

const JOBS = 200;
const TICKS = 20;
/** A tick's calls come at once; between two ticks is nearly a second. */
const GAP_MS = 300;
/** Ticks after which every job has been read, and nothing is new any more. */
const TICKS_TO_SETTLE = 3;
const ACCOUNT = 'bench';
const SECRET = 'bench-secret';
const SIBLINGS = ['minimax', 'dreamina'] as const;
const FLAVOURS = ['trueai', 'novicezk', 'new-api'] as const;
const LIMITS: Readonly<Record<(typeof FLAVOURS)[number], string>> = {
  trueai: `1 + ⌈${JOBS} / 100⌉ = 3`,
  novicezk: `1 + ⌈${JOBS} / 100⌉ = 3`,
  'new-api': `⌈${JOBS} / 100⌉ = 2`,
};

/** Something that counts the requests that it gets. */
interface Server {
  onRequest(listener: (record: RequestRecord) => void): () => void;
}

/** Calls that one look at a board of many running jobs takes, at each kind of server. */
export async function measureCallsPerTick(): Promise<MeasuredTable> {
  const rows = [['useapi, v3 and v2', ...(await measureUseapi()), '2']];
  for (const flavour of FLAVOURS) rows.push([`mj, ${flavour}`, ...(await measureMj(flavour)), LIMITS[flavour]]);
  for (const service of SIBLINGS) rows.push([service, ...(await measureSibling(service)), '1']);
  return {
    head: [`a tick while ${JOBS} jobs run`, 'calls, mean', 'most', 'at most by the contract'],
    rows,
    notes: [
      `${TICKS} ticks, one a second, after each job was shown once by \`/job show\`, so that the bot knows its id; nothing changes meanwhile.`,
      'What a list names is not asked for again: trueai lists the newest hundred, novicezk all that run, new-api nothing.',
    ],
  };
}

async function measureUseapi(): Promise<string[]> {
  const world = await startBenchWorld('ours', toOptions({}));
  try {
    const jobids = world.useapi.world.addRunningJobs(JOBS);
    return await countCalls(world, world.useapi, jobids);
  } finally {
    await world.close();
  }
}

async function measureMj(flavour: (typeof FLAVOURS)[number]): Promise<string[]> {
  const mj = await startMjStandIn({ secret: SECRET, speed: 0, switches: { flavour } });
  const auth = flavour === 'new-api' ? 'bearer' : 'mj-api-secret';
  const environment = { USEAPI_TOKEN: '', MJ_URL: mj.url, MJ_SECRET: SECRET, MJ_AUTH: auth };
  const world = await startBenchWorld('ours', toOptions(environment));
  try {
    const jobids = Array.from({ length: JOBS }, (_, at) => mj.startTask({ prompt: `running ${at}` }));
    return await countCalls(world, mj, jobids);
  } finally {
    await world.close();
    await mj.close();
  }
}

async function measureSibling(service: SiblingStandInName): Promise<string[]> {
  const server = await startSiblingStandIn({ service, token: SECRET, speed: 0, maxJobs: JOBS });
  const folder = mkdtempSync(join(tmpdir(), 'bench-accounts-'));
  const file = join(folder, 'accounts.json');
  writeFileSync(file, JSON.stringify([{ id: ACCOUNT, backend: service, url: server.url, secretEnv: 'BENCH_SECRET' }]));
  const environment = { USEAPI_TOKEN: '', ACCOUNTS_FILE: file, BENCH_SECRET: SECRET };
  const world = await startBenchWorld('ours', toOptions(environment));
  try {
    const jobids = Array.from({ length: JOBS }, (_, at) => server.startJob({ prompt: `running ${at}` }));
    return await countCalls(
      world,
      server,
      jobids.map((jobid) => `${ACCOUNT}/${jobid}`),
    );
  } finally {
    await world.close();
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

function toOptions(environment: Readonly<Record<string, string>>) {
  return {
    useapi: { maxJobs: JOBS },
    discord: { limits: 'off' as const },
    environment: { POLL_INTERVAL_SECONDS: '1', ...environment },
  };
}

/** The mean and the highest number of calls in a tick. */
async function countCalls(world: BenchWorld, server: Server, jobids: readonly string[]): Promise<string[]> {
  for (const job of jobids) await world.command({ path: 'job show', options: { job } });
  const counts = await countBursts(server, TICKS_TO_SETTLE + TICKS);
  const calls = counts.slice(TICKS_TO_SETTLE);
  const mean = calls.reduce((sum, count) => sum + count, 0) / calls.length;
  return [String(Number(mean.toFixed(2))), String(Math.max(...calls))];
}

/** How many requests came in each of so many bursts. */
async function countBursts(server: Server, bursts: number): Promise<number[]> {
  const counts: number[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  const stop = server.onRequest(() => {
    const now = performance.now();
    if (now - lastAt > GAP_MS) counts.push(0);
    counts.push((counts.pop() ?? 0) + 1);
    lastAt = now;
  });
  while (counts.length <= bursts) await delay(100);
  stop();
  return counts.slice(0, bursts);
}
