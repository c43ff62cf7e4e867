import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { CrashWorld, seededRandom } from './crash-world.ts';

/** `npm run test:crash` asks for a hundred; the short form is part of `npm test`. */
const CRASHES = Number(process.env['CRASHES'] ?? 3);
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
/** From here on forum posts are cut off too: each costs a wait of half a minute before the bot looks for it. */
const LONG = 10;
const CHANNEL_ROUTE = 'POST /channels/{channel_id}/messages';
const FORUM_ROUTE = 'POST /channels/{channel_id}/threads';
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
    await settled();
  }

  /** Resolves when nothing was posted for a while: a kill leaves leases behind that have to run out. */
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

  function expectEachOnce(told: ReadonlyMap<string, number>): void {
    const wrong = world.promised.filter((ref) => told.get(ref) !== 1).map((ref) => `${ref}: ${told.get(ref) ?? 0}`);
    expect(wrong).toEqual([]);
    expect([...told.values()].filter((count) => count !== 1)).toEqual([]);
  }

  it(
    'tells every end exactly once, in a channel and in a forum, while Discord drops connections after it has accepted',
    async () => {
      await addRules();

      await live(CRASHES, () => {
        const route = CRASHES >= LONG && world.random() < 0.5 ? FORUM_ROUTE : CHANNEL_ROUTE;
        world.discord.faults.add({ fault: { kind: 'cut-after' }, route, times: 1 });
      });

      expect(world.promised.length).toBeGreaterThan(CRASHES);
      expectEachOnce(world.posts(ids.showcase));
      expectEachOnce(world.forumPosts(ids.forum));
    },
    LIMIT_MS,
  );
});
