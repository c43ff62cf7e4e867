import { performance } from 'node:perf_hooks';
import type { TypedCommand } from '../sandbox/discord/world/people.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import type { Measurement } from './measurement.ts';
import { toMb, toMs, toPercentile } from './statistics.ts';

const WARM_UPS = 20;
const SINGLES = 200;
const BURSTS = 10;
const BURST_SIZE = 50;
const FIRST_SHOWS = 50;
const PING: TypedCommand = { path: 'ping' };

interface Sample {
  readonly acknowledgedMs: number;
  readonly answeredMs: number;
}

interface Samples {
  readonly ours: Sample[];
  readonly bare: Sample[];
}

/**
 * How long a person waits for `/job show`, beside a bare bot's one word; both run at the same time and
 * are asked in turn.
 */
export const latency: Measurement = {
  name: 'latency',
  async measure() {
    const ours = await startBenchWorld('ours');
    try {
      const bare = await startBenchWorld('bare');
      try {
        return await compare(ours, bare);
      } finally {
        await bare.close();
      }
    } finally {
      await ours.close();
    }
  },
};

async function compare(ours: BenchWorld, bare: BenchWorld) {
  const jobid = completeJob(ours, 'a quiet harbour at dawn');
  const show: TypedCommand = { path: 'job show', options: { job: jobid } };
  await inTurn(WARM_UPS, 1, [ours, show], [bare, PING]);
  const uploads = countUploads(ours);
  const singles = await inTurn(SINGLES, 1, [ours, show], [bare, PING]);
  const bursts = await inTurn(BURSTS, BURST_SIZE, [ours, show], [bare, PING]);
  const firsts = await showFirstTimes(ours);
  return {
    head: ['', 'this bot, p50', 'p99', 'bare discord.js bot, p50', 'p99'],
    rows: [
      toRow('acknowledgement, one at a time', singles, (sample) => sample.acknowledgedMs),
      toRow('`/job show` in full, one at a time', singles, (sample) => sample.answeredMs),
      toRow(`acknowledgement, ${BURST_SIZE} at once`, bursts, (sample) => sample.acknowledgedMs),
      toRow(`\`/job show\` in full, ${BURST_SIZE} at once`, bursts, (sample) => sample.answeredMs),
      toRow('`/job show` of a job whose media are not kept yet', { ours: firsts, bare: [] }, (one) => one.answeredMs),
      ['memory (RSS) afterwards', toMb(ours.bot.rss()), '', toMb(bare.bot.rss()), ''],
    ],
    notes: [
      `${SINGLES} commands one at a time, ${BURSTS} bursts of ${BURST_SIZE}, ${FIRST_SHOWS} first shows, after ${WARM_UPS} to warm up; the bots are asked in turn.`,
      `The bare bot answers one word at once: its acknowledgement is its whole answer. \`/job show\` reads the job at the API and uploads its ${uploads} files.`,
      'Times are taken at the stand-in of Discord, from the dispatch of the interaction; the checks of each request by the stand-in are part of them, and both stand-ins share one process.',
    ],
  };
}

type Ask = readonly [world: BenchWorld, command: TypedCommand];

/** Asks both bots in turn, `size` commands at once, so that a busy machine is as busy for the one as for the other. */
async function inTurn(rounds: number, size: number, ours: Ask, bare: Ask): Promise<Samples> {
  const samples: Samples = { ours: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    samples.ours.push(...(await askAtOnce(size, ours)));
    samples.bare.push(...(await askAtOnce(size, bare)));
  }
  return samples;
}

function askAtOnce(size: number, [world, command]: Ask): Promise<Sample[]> {
  return Promise.all(Array.from({ length: size }, () => ask(world, command)));
}

async function ask(world: BenchWorld, command: TypedCommand): Promise<Sample> {
  const askedAt = performance.now();
  const { acknowledgedAfterMs } = await world.command(command);
  if (acknowledgedAfterMs === undefined) throw new Error('An answer without an acknowledgement.');
  return { acknowledgedMs: acknowledgedAfterMs, answeredMs: performance.now() - askedAt };
}

async function showFirstTimes(world: BenchWorld): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let number = 0; number < FIRST_SHOWS; number += 1) {
    const job = completeJob(world, `a lighthouse, number ${number}`);
    samples.push(await ask(world, { path: 'job show', options: { job } }));
  }
  return samples;
}

function completeJob({ useapi }: BenchWorld, prompt: string): string {
  const jobid = useapi.world.startJob({ version: 'v3', prompt });
  useapi.world.advance(jobid, { to: 'completed' });
  return jobid;
}

/** Files that the last answer carried: a card without media would make the figures too good. */
function countUploads({ discord }: BenchWorld): number {
  const answer = discord.requests.list().findLast(({ method }) => method === 'PATCH');
  const count = answer?.files.length ?? 0;
  if (count === 0) throw new Error('The job was shown without media.');
  return count;
}

function toRow(title: string, { ours, bare }: Samples, pick: (sample: Sample) => number): string[] {
  return [title, ...toQuantiles(ours.map(pick)), ...toQuantiles(bare.map(pick))];
}

function toQuantiles(values: readonly number[]): string[] {
  if (values.length === 0) return ['–', '–'];
  return [toMs(toPercentile(values, 0.5)), toMs(toPercentile(values, 0.99))];
}
