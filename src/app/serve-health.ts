import { unqualify } from '../backends/accounts/job-ids.ts';
import { countConnections } from '../discord/core/gateway-connections.ts';
import { toHealthPages } from '../health/health-pages.ts';
import { HealthServer } from '../health/health-server.ts';
import { LoopWatch } from '../health/loop-watch.ts';
import { Readiness, type ReadinessProbes } from '../health/readiness.ts';
import type { ListFacts } from '../health/readiness-checks.ts';
import { ObservedQueue } from '../queue/observed-queue.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import type { ListenAddress } from '../shared/listen-address.ts';
import { ObservedStore } from '../storage/observed-store.ts';
import type { Jobs } from './build-jobs.ts';
import type { Parts } from './build-parts.ts';
import { connectMetrics, openMetrics } from './connect-metrics.ts';
import type { Health, HealthOptions } from './health.ts';
import { openStoreProbe } from './store-probe.ts';
import type { Watched } from './watched.ts';

/** Serves from the start on, so that also a start that takes long, or stands by, can be seen. */
export async function serveHealth(
  stack: AsyncDisposableStack,
  address: ListenAddress,
  { config, lifecycle, clock, logger }: HealthOptions,
): Promise<Health> {
  const watched: Watched = { lifecycle, boards: [] };
  const lists = () => listFacts(watched, clock, config.pollIntervalMs);
  const metrics = await openMetrics(watched, lists);
  const loop = new LoopWatch(systemClock);
  stack.defer(loop.start());
  const pages = toHealthPages({
    lifecycle,
    loop,
    checks: async () => (await watched.readiness?.checks()) ?? [],
    metrics: async () => ({ status: 200, ...(await metrics.render()) }),
  });
  const server = await HealthServer.listen({ ...address, pages, logger });
  stack.defer(() => server.close());
  logger.info({ url: server.url }, 'Health is served.');
  return {
    url: server.url,
    onCall: (account, call) => metrics.countCall({ account, ...call }),
    onPost: (kind) => (outcome) => metrics.countPost({ kind, ...outcome }),
    observe(outside) {
      watched.boards = [...outside.backend.boards];
      watched.queue = new ObservedQueue(outside.queue, { onRun: (run) => metrics.countRun(run) });
      const store = new ObservedStore(outside.store, (write) => metrics.countWrite(write));
      return { ...outside, store, queue: watched.queue };
    },
    connect(parts) {
      watched.parts = parts;
      watched.readiness = new Readiness(toProbes(parts, watched, lists, clock), clock);
      connectMetrics(parts, metrics);
    },
  };
}

function toProbes(
  { outside, bot }: Parts,
  { queue }: Watched,
  lists: () => readonly ListFacts[],
  clock: Clock,
): ReadinessProbes {
  return {
    gateway: () => countConnections(bot.client),
    writeStore: openStoreProbe(outside.store, clock),
    readQueue: async () => (await queue?.stats())?.get('poll')?.oldestWaitingMs,
    lists,
  };
}

function listFacts({ parts, boards }: Watched, clock: Clock, everyMs: number): readonly ListFacts[] {
  if (parts === undefined) return [];
  return boards.map((board) => toListFacts(board, parts.jobs, clock, everyMs));
}

function toListFacts(board: string, { accounts, health }: Jobs, clock: Clock, everyMs: number): ListFacts {
  const { text } = unqualify(board);
  const ageMs = health.listAgeMs(board, clock);
  return { account: accounts.keyOf(board) ?? text, board: text, everyMs, ...compact({ ageMs }) };
}
