import type { Config } from '../config.ts';
import type { ShardKeeper } from '../gateway/shard-keeper.ts';
import { toHealthPages } from '../health/health-pages.ts';
import { HealthServer } from '../health/health-server.ts';
import type { Lifecycle } from '../health/lifecycle.ts';
import { LoopWatch } from '../health/loop-watch.ts';
import { probe } from '../health/readiness.ts';
import { checkGateway, checkStore } from '../health/readiness-checks.ts';
import { systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { PostgresHandle } from '../shared/postgres-handle.ts';

export interface ShardHealthOptions {
  readonly config: Pick<Config, 'health'>;
  readonly lifecycle: Lifecycle;
  readonly keeper: Pick<ShardKeeper, 'connections'>;
  readonly database: Pick<PostgresHandle, 'read'>;
  readonly logger: Logger;
}

/** Serves how a process is that holds connections; where nothing is to be served, it does nothing. */
export async function openShardHealth(
  stack: AsyncDisposableStack,
  { config, lifecycle, keeper, database, logger }: ShardHealthOptions,
): Promise<{ readonly healthUrl?: string }> {
  if (config.health === undefined) return {};
  const loop = new LoopWatch(systemClock);
  stack.defer(loop.start());
  const { BotMetrics } = await import('../metrics/bot-metrics.ts');
  const metrics = new BotMetrics({
    phase: () => lifecycle.phase,
    jobs: () => [],
    queues: async () => new Map(),
    gateway: () => keeper.connections,
    lists: () => [],
  });
  const pages = toHealthPages({
    lifecycle,
    loop,
    checks: async () => {
      const store = await probe(database.read('SELECT 1').then(() => undefined));
      return [checkGateway(keeper.connections), checkStore(store)];
    },
    metrics: async () => ({ status: 200, ...(await metrics.render()) }),
  });
  const server = await HealthServer.listen({ ...config.health, pages, logger });
  stack.defer(() => server.close());
  logger.info({ url: server.url }, 'Health is served.');
  return { healthUrl: server.url };
}
