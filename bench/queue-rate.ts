import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import type { MeasuredTable } from './measurement.ts';
import { toPercentile } from './statistics.ts';
import { createPlace, type EngineName } from './store-place.ts';

const ENTRIES = 3_000;
const GROUPS = 200;
/** As many as the bot posts at once. */
const CONCURRENCY = 64;
const ROUNDS = 3;
const DISCORD_RATE = 50;
const TARGET = `≥ ${5 * DISCORD_RATE} a second`;

/** How many entries a second go through each queue. */
export async function measureQueueRate(): Promise<MeasuredTable> {
  const rates = { SQLite: [] as Rates[], PostgreSQL: [] as Rates[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const engine of ['SQLite', 'PostgreSQL'] as const) rates[engine].push(await measureOnce(engine));
  }
  const medianOf = (engine: EngineName, read: (one: Rates) => number) =>
    `${Math.round(toPercentile(rates[engine].map(read), 0.5))} a second`;
  const toRow = (title: string, read: (one: Rates) => number) => [
    title,
    medianOf('SQLite', read),
    medianOf('PostgreSQL', read),
    TARGET,
  ];
  return {
    head: [`${ENTRIES} posts through the queue`, 'SQLite', 'PostgreSQL', 'target'],
    rows: [toRow('handled', ({ handled }) => handled), toRow('added', ({ added }) => added)],
    notes: [
      `Medians of ${ROUNDS} rounds, the engines in turn; entries with a key each in ${GROUPS} groups, ${CONCURRENCY} at once, with a handler that does nothing: no Discord, which takes ${DISCORD_RATE} requests a second.`,
    ],
  };
}

interface Rates {
  readonly added: number;
  readonly handled: number;
}

async function measureOnce(engine: EngineName): Promise<Rates> {
  const place = await createPlace(engine);
  const { queue, close } = await place.open();
  const posts = queue.define('posts', z.object({ n: z.number() }));
  const entries = Array.from({ length: ENTRIES }, (_, n) => ({
    payload: { n },
    key: `post-${n}`,
    group: `channel-${n % GROUPS}`,
  }));
  const from = performance.now();
  await posts.addMany(entries);
  const addedAt = performance.now();
  await new Promise<void>((resolve) => {
    let left = ENTRIES;
    posts.work(
      async () => {
        left -= 1;
        if (left === 0) resolve();
      },
      { concurrency: CONCURRENCY },
    );
  });
  await queue.whenIdle();
  const handledAt = performance.now();
  await close();
  await place.remove();
  return { added: (ENTRIES * 1_000) / (addedAt - from), handled: (ENTRIES * 1_000) / (handledAt - addedAt) };
}
