import { performance } from 'node:perf_hooks';
import type { TypedCommand } from '../sandbox/discord/world/people.ts';
import { type BenchWorld, type BotKind, startBenchWorld } from './bench-world.ts';
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

type Samples = Readonly<Record<BotKind, Sample[]>>;

/**
 * How long a person waits for `/job show`, beside a bare bot's one word and beside a bare bot that does the same work;
 * all run at the same time and are asked in turn.
 */
export const latency: Measurement = {
  name: 'latency',
  async measure() {
    await using stack = new AsyncDisposableStack();
    const start = async (kind: BotKind) => {
      const world = await startBenchWorld(kind);
      stack.defer(() => world.close());
      return world;
    };
    // Awaited here: what is returned earlier outlives the bots.
    return await compare({ ours: await start('ours'), working: await start('working'), bare: await start('bare') });
  },
};

async function compare({ ours, working, bare }: Readonly<Record<BotKind, BenchWorld>>) {
  const prompt = 'a quiet harbour at dawn';
  const asks: readonly Ask[] = [
    ['ours', ours, toShow(completeJob(ours, prompt))],
    ['working', working, toShow(completeJob(working, prompt))],
    ['bare', bare, PING],
  ];
  await inTurn(WARM_UPS, 1, asks);
  const uploads = countUploads(ours);
  if (countUploads(working) !== uploads) throw new Error('The working bot does not upload as many files.');
  const singles = await inTurn(SINGLES, 1, asks);
  const bursts = await inTurn(BURSTS, BURST_SIZE, asks);
  const firsts = { ours: await showFirstTimes(ours), working: await showFirstTimes(working), bare: [] };
  return {
    head: ['', 'this bot, p50', 'p99', 'bare bot with the same work, p50', 'p99', 'bare bot with one word, p50', 'p99'],
    rows: [
      toRow('acknowledgement, one at a time', singles, (sample) => sample.acknowledgedMs),
      toRow('`/job show` in full, one at a time', singles, (sample) => sample.answeredMs),
      toRow(`acknowledgement, ${BURST_SIZE} at once`, bursts, (sample) => sample.acknowledgedMs),
      toRow(`\`/job show\` in full, ${BURST_SIZE} at once`, bursts, (sample) => sample.answeredMs),
      toRow('`/job show` of a job whose media are not kept yet', firsts, (one) => one.answeredMs),
      ['memory (RSS) afterwards', ...[ours, working, bare].flatMap(({ bot }) => [toMb(bot.rss()), ''])],
    ],
    notes: [
      `${SINGLES} commands one at a time, ${BURSTS} bursts of ${BURST_SIZE}, ${FIRST_SHOWS} first shows, after ${WARM_UPS} to warm up; the bots are asked in turn.`,
      `\`/job show\` defers, reads the job at the API and uploads its ${uploads} files. The bot with the same work does that and no more, and keeps the files in memory; the one with one word answers at once, so that its acknowledgement is its whole answer.`,
      'Times are taken at the stand-in of Discord, from the dispatch of the interaction; the checks of each request by the stand-in are part of them, and both stand-ins share one process.',
    ],
  };
}

type Ask = readonly [kind: BotKind, world: BenchWorld, command: TypedCommand];

/** Asks the bots in turn, `size` commands at once, so that a busy machine is as busy for each of them. */
async function inTurn(rounds: number, size: number, asks: readonly Ask[]): Promise<Samples> {
  const samples: Samples = { ours: [], working: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const ask of asks) samples[ask[0]].push(...(await askAtOnce(size, ask)));
  }
  return samples;
}

function askAtOnce(size: number, [, world, command]: Ask): Promise<Sample[]> {
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
    samples.push(await ask(world, toShow(job)));
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

function toShow(job: string): TypedCommand {
  return { path: 'job show', options: { job } };
}

function toRow(title: string, samples: Samples, pick: (sample: Sample) => number): string[] {
  return [title, ...(['ours', 'working', 'bare'] as const).flatMap((kind) => toQuantiles(samples[kind].map(pick)))];
}

function toQuantiles(values: readonly number[]): string[] {
  if (values.length === 0) return ['–', '–'];
  return [toMs(toPercentile(values, 0.5)), toMs(toPercentile(values, 0.99))];
}
