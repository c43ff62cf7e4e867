import { describe, expect, it } from 'vitest';
import { seededRandom } from './crash-world.ts';
import { LifeWorld } from './life-world.ts';
import { Walk } from './walk.ts';
import { KINDS } from './walk-kinds.ts';

/** `npm run test:walk` asks for 1, which is every pair of syncs; `npm run test:crash` for some; `npm test` for none. */
const STRIDE = Number(process.env['WALK_STRIDE'] ?? 0);
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
/** After how long a walk takes no further step; default: it goes to its end. */
const SECONDS = Number(process.env['WALK_SECONDS'] ?? Number.POSITIVE_INFINITY);
const MINUTE_MS = 60_000;
const LIMIT_MS = (STRIDE === 1 ? 720 : 90) * MINUTE_MS;

/** Back when Discord has forgotten its nonces, or before. */
const WALKS = KINDS.flatMap((kind) => [
  { name: kind.name, kind, when: 'after' as const, awayMs: 3 * MINUTE_MS },
  { name: kind.name, kind, when: 'before' as const, awayMs: 0 },
]);

describe.skipIf(STRIDE === 0)(`a bot that dies twice in a row, at every ${STRIDE}. sync (CRASH_SEED=${SEED})`, () => {
  it.concurrent.each(WALKS)(
    'posts $name once, dead $when the sync',
    async ({ name, kind, when, awayMs }) => {
      const world = await LifeWorld.start({ nonceLivesMs: 2 * MINUTE_MS });
      try {
        const say = (what: string) => void process.stdout.write(`${name}, ${when} the sync: ${what}\n`);
        const endsAt = performance.now() + SECONDS * 1_000;
        const isTimeUp = () => performance.now() > endsAt;
        const random = seededRandom(SEED);
        const walk = new Walk(world, kind, { when, awayMs, stride: STRIDE, random, isTimeUp, say });
        const { wrong, pairs, lastSyncs } = await walk.run();
        say(`${pairs} pairs of deaths, up to sync ${lastSyncs.join(' and ')}`);

        expect(wrong).toEqual([]);
        expect(pairs).toBeGreaterThan(0);
      } finally {
        await world.close();
      }
    },
    LIMIT_MS,
  );
});
