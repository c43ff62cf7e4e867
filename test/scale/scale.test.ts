import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../crash/crash-world.ts';
import { hasPostgres } from '../postgres.ts';
import type { Role } from './fleet-bot.ts';
import { hasBinaries } from './postgres-server.ts';
import { findOverlaps } from './request-trail.ts';
import { clusterFaultKinds, type FaultKind, faultKinds, gatewayFaultKinds } from './scale-faults.ts';
import { ScaleRun } from './scale-run.ts';
import { ScaleWorld, type TableCounts } from './scale-world.ts';

/** Faults for each number of processes; `npm run test:scale` asks for a few, `npm test` for none. */
const ROUNDS = Number(process.env['SCALE_ROUNDS'] ?? 0);
const SEED = Number(process.env['SCALE_SEED'] ?? Math.floor(Math.random() * 1e9));
const LIMIT_MS = 1_200_000 + ROUNDS * 60_000;
/** Rows that one job may leave at most, and rows that are there without any. */
const PER_JOB = { documents: 8, job: 8, entryKeys: 6 } as const;
const BASE = 150;
/** Entries that never end, such as a tick, and what is under way. */
const LASTING = 30;

const ownFaults = [...faultKinds, ...clusterFaultKinds];
/** So many faults are all kinds at least once, on servers of the test's own. */
const isFull = ROUNDS >= ownFaults.length;
const isPossible = isFull ? hasBinaries : hasPostgres;
const where = isFull ? 'servers of its own' : 'one PostgreSQL';
const name = `bots on ${where} through ${ROUNDS} faults (SCALE_SEED=${SEED}; skipped where there is none)`;

describe.skipIf(ROUNDS === 0 || !isPossible)(name, () => {
  const random = seededRandom(SEED);
  let world: ScaleWorld;

  beforeEach(async () => {
    world = await ScaleWorld.start(isFull);
  }, LIMIT_MS);
  afterEach(() => world.close());

  const keepsItsPromises = async (roles: readonly Role[]) => {
    for (const role of roles) await world.addBot(role);
    const deal = dealer(toKinds(world), random);
    const run = new ScaleRun(world, random);
    await run.prepare(2 * ROUNDS + 1);

    for (let n = 0; n < ROUNDS; n += 1) await run.round(deal());
    await run.windDown();
    const rows = await world.count();
    const { epoch } = await world.working();
    process.stdout.write(`${run.summary()}; ${epoch} holders of the lease; rows: ${JSON.stringify(rows)}\n`);

    expect(run.untold(), world.lastWords()).toEqual([]);
    expect(run.misordered()).toEqual([]);
    expect(run.clicks.overpaid()).toEqual([]);
    expect(findOverlaps(world.trail)).toEqual([]);
    expect(run.lateTakeovers()).toEqual([]);
    expect(run.endedCount).toBeGreaterThan(ROUNDS);
    expect(tooMany(rows, run.endedCount + ROUNDS)).toEqual([]);
    await forgetsWhatIsOver();
  };

  /** After a year all that has ended is gone, from every queue. */
  const forgetsWhatIsOver = async () => {
    await world.age();
    for (const bot of world.bots) bot.signal('SIGTERM');
    await world.until('what is over to be removed', async () => {
      const { job, entryKeys } = await world.count();
      return job + entryKeys <= LASTING;
    });
  };

  it.each(isFull ? [1, 3, 5] : [1, 3])(
    '%i at a time, of which one works',
    (processes) => keepsItsPromises(new Array<Role>(processes).fill('all')),
    LIMIT_MS,
  );

  it('two at a time, of which one works, and two that hold its connections', () => keepsItsPromises(APART), LIMIT_MS);
});

const APART: readonly Role[] = ['shard', 'shard', 'core', 'core'];

/** What can happen in this world; a disk that cannot be full is named. */
function toKinds({ bots, database: { cluster } }: ScaleWorld): readonly FaultKind[] {
  const isApart = bots.some(({ role }) => role === 'shard');
  const kinds = [...(isApart ? gatewayFaultKinds : []), ...faultKinds];
  if (cluster === undefined) return kinds;
  if (cluster.isSmall) return [...kinds, ...clusterFaultKinds];
  process.stdout.write('No small disk can be mounted here: none will be full.\n');
  return [...kinds, ...clusterFaultKinds].filter((kind) => kind !== 'full');
}

/** Every kind in an order of chance, again and again, so that few rounds see as many as they can. */
function dealer(kinds: readonly FaultKind[], random: () => number): () => FaultKind {
  let deck: FaultKind[] = [];
  return () => {
    if (deck.length === 0) deck = [...kinds];
    const [kind = 'cut'] = deck.splice(Math.floor(random() * deck.length), 1);
    return kind;
  };
}

function tooMany(rows: TableCounts, jobs: number): readonly string[] {
  const tables = ['documents', 'job', 'entryKeys'] as const;
  return tables
    .filter((table) => rows[table] > BASE + PER_JOB[table] * jobs)
    .map((table) => `${table}: ${rows[table]}`);
}
