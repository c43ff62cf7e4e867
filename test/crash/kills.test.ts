import { describe, expect, it } from 'vitest';
import { CrashRun } from './crash-run.ts';
import { seededRandom } from './crash-world.ts';
import { LifeWorld } from './life-world.ts';

/** `npm run test:crash` asks for a hundred; `npm test` for none. */
const CRASHES = Number(process.env['CRASHES'] ?? 0);
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
/** Bots that are killed beside each other, each in a world of its own: while one starts or waits, others go on. */
const BOTS = Math.min(4, CRASHES);
const LIMIT_MS = 600_000 + CRASHES * 10_000;
/** Kills from one line of progress to the next. */
const PROGRESS = 50;

const RUNS = Array.from({ length: BOTS }, (_, at) => ({
  bot: at + 1,
  kills: Math.floor((CRASHES + at) / BOTS),
  seed: SEED + at,
}));

describe.skipIf(CRASHES === 0)(`bots that notify of everything, killed ${CRASHES} times (CRASH_SEED=${SEED})`, () => {
  it.concurrent.each(RUNS)(
    'posts everything exactly once, while Discord loses answers, answers late and fails: bot $bot, killed $kills times',
    async ({ bot, kills, seed }) => {
      const say = (what: string) => void process.stdout.write(`bot ${bot}: ${what}\n`);
      const world = await LifeWorld.start();
      try {
        const run = new CrashRun(world, seededRandom(seed));
        await run.prepare();
        for (let n = 1; n <= kills; n += 1) {
          await run.life();
          if (n % PROGRESS === 0) say(run.summary());
        }
        await run.windDown();
        say(run.summary());

        expect(run.untold(), run.report()).toEqual([]);
        expect(run.misspent()).toEqual([]);
        // About one ends in each life; how many do is chance.
        expect(run.ended.size).toBeGreaterThan(kills / 4);
      } finally {
        await world.close();
      }
    },
    LIMIT_MS,
  );
});
