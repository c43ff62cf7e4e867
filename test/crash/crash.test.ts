import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { CrashWorld, seededRandom } from './crash-world.ts';

/** Few, so that `npm test` has some; `npm run test:crash` kills far more in `kills.test.ts`. */
const CRASHES = 3;
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
const CHANNEL_ROUTE = 'POST /channels/{channel_id}/messages';
/** More than what a kill leaves behind takes: leases that run out, answers that are waited for. */
const LEFT_BEHIND_MS = 60_000;
const LIMIT_MS = 60_000 + CRASHES * 5_000;

describe(`the bot, killed ${CRASHES} times (CRASH_SEED=${SEED})`, () => {
  let world: CrashWorld;

  beforeEach(async () => {
    world = await CrashWorld.start(seededRandom(SEED));
  });
  afterEach(() => world.close());

  /** Kills the bot again and again while jobs end, then lets it work off what is left. */
  async function live(crashes: number, between: () => void): Promise<void> {
    for (let n = 0; n < crashes; n += 1) {
      world.startBot();
      between();
      await world.requests(5 + Math.floor(world.random() * 30));
      await world.kill();
    }
    world.discord.faults.clear();
    world.startBot();
    await world.ready();
    world.windDown();
    await world.looks(3);
    await world.bot.doom({ aheadMs: LEFT_BEHIND_MS });
    await settled();
  }

  /** Resolves when nothing was posted for a while. */
  async function settled(): Promise<void> {
    for (let quietLooks = 0, before = -1; quietLooks < 35; ) {
      await world.looks(1);
      const now = world.posts(ids.showcase).size + world.forumPosts(ids.forum).size;
      const isComplete = world.promised.every(
        (ref) => world.posts(ids.showcase).has(ref) && world.forumPosts(ids.forum).has(ref),
      );
      quietLooks = now === before ? quietLooks + (isComplete ? 10 : 1) : 0;
      before = now;
    }
  }

  async function addRules(): Promise<void> {
    world.startBot();
    await world.ready();
    const owner = world.discord.people(ids.owner);
    const events = 'completed,failed';
    for (const channel of [ids.showcase, ids.forum]) {
      await owner.command(ids.general, { path: 'notify add', options: { channel, events, media: 'none' } });
    }
    await world.kill();
  }

  function expectEachOnce(counts: ReadonlyMap<string, number>): void {
    const wrong = world.promised.filter((ref) => counts.get(ref) !== 1).map((ref) => `${ref}: ${counts.get(ref) ?? 0}`);
    expect(wrong).toEqual([]);
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
  }

  it(
    'posts every end exactly once, in a channel and in a forum, while Discord drops connections after it has accepted',
    async () => {
      await addRules();

      await live(CRASHES, () => {
        world.discord.faults.add({ fault: { kind: 'cut-after' }, route: CHANNEL_ROUTE, times: 1 });
      });

      expect(world.promised.length).toBeGreaterThanOrEqual(CRASHES);
      expectEachOnce(world.posts(ids.showcase));
      expectEachOnce(world.forumPosts(ids.forum));
    },
    LIMIT_MS,
  );
});
