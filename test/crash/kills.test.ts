import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CrashRun } from './crash-run.ts';
import { seededRandom } from './crash-world.ts';
import { LifeWorld } from './life-world.ts';

/** `npm run test:crash` asks for a hundred; `npm test` for none. */
const CRASHES = Number(process.env['CRASHES'] ?? 0);
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
const LIMIT_MS = 300_000 + CRASHES * 10_000;

describe.skipIf(CRASHES === 0)(
  `the bot that notifies of everything, killed ${CRASHES} times (CRASH_SEED=${SEED})`,
  () => {
    let world: LifeWorld;

    beforeEach(async () => {
      world = await LifeWorld.start();
    });
    afterEach(() => world.close());

    it(
      'posts everything exactly once, while Discord loses answers, answers late and fails',
      async () => {
        const run = new CrashRun(world, seededRandom(SEED));
        await run.prepare();

        for (let n = 0; n < CRASHES; n += 1) await run.life();
        await run.windDown();
        process.stdout.write(`${run.summary()}\n`);

        expect(run.untold(), run.report()).toEqual([]);
        expect(run.misspent()).toEqual([]);
        // About one ends in each life; how many do is chance.
        expect(run.ended.size).toBeGreaterThan(CRASHES / 2);
      },
      LIMIT_MS,
    );
  },
);
