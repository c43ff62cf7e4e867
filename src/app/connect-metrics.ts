import { countConnections, observeGateway } from '../discord/core/gateway-connections.ts';
import type { ListFacts } from '../health/readiness-checks.ts';
import type { BotMetrics } from '../metrics/bot-metrics.ts';
import type { QueueStats } from '../queue/contract.ts';
import type { Parts } from './build-parts.ts';
import type { Watched } from './watched.ts';

/** Its package is read from disk only where something is to be counted. */
export async function openMetrics(watched: Watched, lists: () => readonly ListFacts[]): Promise<BotMetrics> {
  const { BotMetrics: Metrics } = await import('../metrics/bot-metrics.ts');
  return new Metrics({
    phase: () => watched.lifecycle.phase,
    jobs: () => watched.parts?.jobs.tracker.liveJobs().map(({ status }) => status) ?? [],
    queues: async () => new Map(Array.from((await watched.queue?.stats()) ?? [], toDepth)),
    gateway: () => (watched.parts === undefined ? NO_GATEWAY : countConnections(watched.parts.bot.client)),
    lists,
  });
}

const NO_GATEWAY = { shards: 0, connected: 0 };

function toDepth([name, { oldestWaitingMs = 0, ...entries }]: readonly [string, QueueStats]) {
  return [name, { entries, oldestDueMs: oldestWaitingMs }] as const;
}

/** Counts what happens in each room; called after all else is connected, so that it counts what went well. */
export function connectMetrics({ bot, jobs, discord }: Parts, metrics: BotMetrics): void {
  discord.router.onHandled((handled) => metrics.countInteraction(handled));
  jobs.tracker.onTransition(async ({ event }) => metrics.countJobEvent(event));
  observeGateway(bot.client, {
    onEvent: (type) => metrics.countGatewayEvent(type),
    onChange: (change) => metrics.countGatewayChange(change),
  });
}
