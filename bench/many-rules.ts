import { performance } from 'node:perf_hooks';
import type { DiscordStandIn } from '../sandbox/discord/discord-stand-in.ts';
import { toLargePlan, toLargeServer } from '../sandbox/discord/world/large-plan.ts';
import { sandboxIds } from '../sandbox/discord/world/world-plan.ts';
import { RuleStore } from '../src/notifications/rules/rule-store.ts';
import { forEachLimited } from '../src/shared/limiter.ts';
import type { Store } from '../src/storage/contract.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { waitForFirstReads } from './followed-jobs.ts';
import type { MeasuredTable } from './measurement.ts';
import { toMb, toMs } from './statistics.ts';
import { createPlace, type EngineName } from './store-place.ts';

const SERVERS = 1_000;
const RULES_EACH = 3;
const MOST_SERVERS = 3_000;
const POSTS = SERVERS * RULES_EACH;
const WRITES_AT_ONCE = 1;
const PATIENCE_MS = 300_000;
const POST_ROUTE = 'POST /channels/{channel_id}/messages';
const ENVIRONMENT = { DISCORD_GUILD_IDS: 'all', DISCORD_SHARDS: 'auto', POLL_INTERVAL_SECONDS: '1' } as const;

/** Very many servers, each with rules, in one process. */
export async function measureManyRules(): Promise<readonly MeasuredTable[]> {
  const [posts, starts]: string[][][] = [[], []];
  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    posts?.push(await measurePosts(engine));
    starts?.push(await measureStart(engine));
  }
  return [
    {
      head: [
        `${SERVERS} servers × ${RULES_EACH} rules, one job that ends`,
        'start to ready',
        'memory (RSS) afterwards',
        'until the first post',
        'until the last',
        'posts, of which twice',
      ],
      rows: posts ?? [],
      notes: [
        `Each rule posts in a channel of its own. The stand-in of Discord takes 50 requests a second: ${POSTS / 50} s is the least for ${POSTS} posts.`,
      ],
    },
    {
      head: [`${MOST_SERVERS} servers in one process`, 'shards', 'start to ready', 'memory (RSS) when ready'],
      rows: starts ?? [],
      notes: [
        'One start of each, with `DISCORD_SHARDS=auto` and an empty store; Discord takes one log-in in five seconds.',
      ],
    },
  ];
}

async function measureStart(engine: EngineName): Promise<string[]> {
  return withServers(
    engine,
    MOST_SERVERS,
    async () => undefined,
    async ({ bot, discord, command }) => {
      const rss = bot.rss();
      await command({ path: 'help' });
      return [engine, String(discord.connectedSessions()), toMs(bot.readyAfterMs), toMb(rss)];
    },
  );
}

async function measurePosts(engine: EngineName): Promise<string[]> {
  return withServers(engine, SERVERS, addRulesEverywhere, async ({ bot, useapi, discord }) => {
    const jobid = useapi.world.startJob({ prompt: 'a harbour that everybody waits for' });
    await waitForFirstReads(useapi, [jobid]);
    const watched = watchPosts(discord);
    const endedAt = performance.now();
    useapi.world.advance(jobid, { to: 'completed' });
    const { firstAt, lastAt } = await watched;
    const posted = listChannels().reduce(
      (sum, { channelId }) => sum + discord.world.messages.list(channelId).length,
      0,
    );
    const [first, last] = [firstAt, lastAt].map((at) => `${((at - endedAt) / 1_000).toFixed(1)} s`);
    return [engine, toMs(bot.readyAfterMs), toMb(bot.rss()), first ?? '', last ?? '', `${posted}, ${posted - POSTS}`];
  });
}

async function withServers<T>(
  engine: EngineName,
  servers: number,
  fill: (store: Store) => Promise<void>,
  measure: (world: BenchWorld) => Promise<T>,
): Promise<T> {
  const place = await createPlace(engine);
  const { store, close } = await place.open();
  await fill(store);
  await close();
  const discord = { world: toLargePlan(servers) };
  const world = await startBenchWorld('ours', { discord, environment: { STORE_URL: place.url, ...ENVIRONMENT } });
  try {
    return await measure(world);
  } finally {
    await world.close();
    await place.remove();
  }
}

function listChannels(): readonly { readonly guildId: string; readonly channelId: string }[] {
  return Array.from({ length: SERVERS }, (_, number) => {
    const { guildId, generalId } = toLargeServer(number);
    return Array.from({ length: RULES_EACH }, (__, at) => ({
      guildId,
      channelId: String(BigInt(generalId) + BigInt(at)),
    }));
  }).flat();
}

async function addRulesEverywhere(store: Store): Promise<void> {
  const rules = new RuleStore(store);
  await forEachLimited(listChannels(), WRITES_AT_ONCE, async ({ guildId, channelId }) => {
    const rule = { channelId, events: ['completed' as const], media: 'none' as const, createdBy: sandboxIds.owner };
    await rules.add(guildId, rule, Date.now());
  });
}

/** When the first and the last of the posts are there. @throws Error when they do not come in time. */
function watchPosts({ requests }: DiscordStandIn): Promise<{ readonly firstAt: number; readonly lastAt: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ firstAt: number; lastAt: number }>();
  let [taken, firstAt] = [0, 0];
  const timer = setTimeout(() => reject(new Error(`Only ${taken} of ${POSTS} posts came.`)), PATIENCE_MS);
  const stop = requests.subscribe(({ route, status }) => {
    if (route !== POST_ROUTE || status !== 200) return;
    taken += 1;
    if (taken === 1) firstAt = performance.now();
    if (taken < POSTS) return;
    stop();
    clearTimeout(timer);
    resolve({ firstAt, lastAt: performance.now() });
  });
  return promise;
}
