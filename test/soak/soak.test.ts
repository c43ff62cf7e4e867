import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { CrashRun } from '../crash/crash-run.ts';
import { seededRandom } from '../crash/crash-world.ts';
import { LifeWorld } from '../crash/life-world.ts';
import { toMean, toSlope } from './slope.ts';
import { type SoakSample, takeSample } from './soak-sample.ts';

/** Simulated; `npm run test:soak` asks for 24, `npm test` for none. */
const HOURS = Number(process.env['SOAK_HOURS'] ?? 0);
const SEED = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 1e9));
const LOOKS_AN_HOUR = 12;
const HOUR_MS = 3_600_000;
const LIMIT_MS = 300_000 + HOURS * 120_000;
/** Part of the hours after which what is loaded and learned once is there. */
const WARM_UP = 1 / 3;
/** Part by which a thing may rise from the warm-up to the end, by the line through its samples. */
const MAX_RISE = 0.1;
const MAX_HANDLES_RISE = 8;
const MAX_WAL_BYTES = 8_000_000;
const MAX_RSS_BYTES = 400_000_000;
/** Of the files of one job, which are kept until the folder is full. */
const MAX_MEDIA_BYTES = 400_000;
/** What is kept of each job, and is deleted when its time has come; at most so many rows a job. */
const HISTORY: Readonly<Record<string, number>> = {
  jobs: 1,
  relatives: 1,
  children: 1,
  plans: 2,
  posts: 6,
  reviews: 1,
  acts: 2,
  watches: 1,
  'live-cards': 1,
  'card-places': 4,
  'log-ids': 8,
  log: 1,
  'queue: done': 20,
};

/** A sample with the jobs that had ended by then. */
interface Hour extends SoakSample {
  readonly ended: number;
}

describe.skipIf(HOURS === 0)(`${HOURS} hours of a busy server (SOAK_SEED=${SEED})`, () => {
  let world: LifeWorld;
  const hours: Hour[] = [];

  beforeAll(async () => {
    world = await LifeWorld.start();
    const run = new CrashRun(world, seededRandom(SEED));
    await run.prepare();
    await world.live();
    await world.owner('notify add', { channel: ids.general, events: 'completed', media: 'full' });
    for (let hour = 0; hour < HOURS; hour += 1) {
      for (let look = 0; look < LOOKS_AN_HOUR; look += 1) await run.pass(HOUR_MS / LOOKS_AN_HOUR);
      hours.push({ ...(await takeSample(world.bot)), ended: run.ended.size });
      process.stdout.write(`${toLine(hour + 1, hours.at(-1))}\n`);
    }
  }, LIMIT_MS);
  afterAll(() => world.close());

  /** Samples after the warm-up, of something by its hour. */
  const lineOf = (of: (sample: Hour) => number) =>
    hours.map((sample, x) => ({ x, y: of(sample) })).slice(Math.floor(HOURS * WARM_UP));
  const riseOf = (of: (sample: Hour) => number) => {
    const line = lineOf(of);
    return toSlope(line) * Math.max(0, line.length - 1);
  };
  const meanOf = (of: (sample: Hour) => number) => toMean(lineOf(of).map(({ y }) => y));

  it('was busy', () => {
    expect(hours.at(-1)?.ended).toBeGreaterThan(HOURS * 12);
  });

  it('holds no more memory in the end', () => {
    const used = ({ usedBytes }: Hour) => usedBytes;

    expect(riseOf(used)).toBeLessThan(MAX_RISE * meanOf(used));
    expect(Math.max(...hours.map(({ rssBytes }) => rssBytes))).toBeLessThan(MAX_RSS_BYTES);
  });

  it('holds no more handles in the end', () => {
    expect(riseOf(({ handles }) => handles)).toBeLessThan(MAX_HANDLES_RISE);
  });

  it('keeps the log of the store short', () => {
    expect(Math.max(...hours.map(({ walBytes }) => walBytes))).toBeLessThan(MAX_WAL_BYTES);
  });

  it('keeps of media what jobs brought, and nothing twice', () => {
    expect(meanOf(({ mediaBytes }) => mediaBytes)).toBeGreaterThan(0);
    expect(riseOf(({ mediaBytes }) => mediaBytes)).toBeLessThan(MAX_MEDIA_BYTES * riseOf(({ ended }) => ended));
  });

  it('adds rows for jobs alone, and few for each', () => {
    const names = new Set(hours.flatMap(({ rows }) => Object.keys(rows)));
    const ended = riseOf((sample) => sample.ended);
    const wrong = [...names].flatMap((name) => {
      const rise = riseOf(({ rows }) => rows[name] ?? 0);
      const most = (HISTORY[name] ?? 0) * ended + MAX_RISE * meanOf(({ rows }) => rows[name] ?? 0) + 5;
      return rise <= most ? [] : [`${name}: ${rise.toFixed(1)} more, where ${most.toFixed(1)} are the most`];
    });

    expect(wrong).toEqual([]);
  });
});

function toLine(hour: number, sample: Hour | undefined): string {
  if (sample === undefined) return '';
  const { usedBytes, rssBytes, handles, walBytes, mediaBytes, rows, ended } = sample;
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const inMb = [usedBytes, rssBytes, walBytes, mediaBytes].map((bytes) => (bytes / 1e6).toFixed(1));
  const [used, rss, wal, media] = inMb;
  return `hour ${hour}: ${ended} jobs ended, ${used} of ${rss} MB in use, ${handles} handles, log ${wal} MB, media ${media} MB, ${total} rows`;
}
