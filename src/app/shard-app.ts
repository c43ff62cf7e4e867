import '../own-files-found.js';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { DefaultRestOptions, REST } from 'discord.js';
import type { Config, DiscordConfig } from '../config.ts';
import { LoginTurns } from '../discord/core/login-turns.ts';
import { Reconnection } from '../discord/core/reconnection.ts';
import { LIBRARY_TIMEOUT_MS, withTimeLimit } from '../discord/core/time-limit.ts';
import { createGatewayTables } from '../gateway/gateway-schema.ts';
import type { ShardNeeds } from '../gateway/held-shard.ts';
import { PacketTable } from '../gateway/packet-table.ts';
import { ShardKeeper } from '../gateway/shard-keeper.ts';
import { LEASE_PREFIX, ShardTable } from '../gateway/shard-table.ts';
import { SharedTurns } from '../gateway/shared-turns.ts';
import { Unanswered } from '../gateway/unanswered.ts';
import { Lifecycle } from '../health/lifecycle.ts';
import type { StoreConfig } from '../host-config.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { PostgresHandle } from '../shared/postgres-handle.ts';
import { LEASE_CONNECTIONS, PostgresLease } from '../storage/postgres/postgres-lease.ts';
import { createTables } from '../storage/postgres/postgres-schema.ts';
import type { App } from './app.ts';
import { buildOnto } from './build-onto.ts';
import { openShardHealth } from './shard-health.ts';
import { openSupervisor } from './supervised.ts';

export interface ShardAppOptions {
  readonly config: Pick<Config, 'health' | 'supervisor'> & {
    readonly discord: Pick<DiscordConfig, 'token' | 'apiUrl'>;
    readonly store: Extract<StoreConfig, { readonly kind: 'postgres' }>;
  };
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Ends a start that goes on: it gives back what it holds, and rejects with the signal's reason. */
  readonly abandoned?: AbortSignal;
  /** Called when Discord no longer knows the bot: nothing works any more. */
  readonly onFatal: (reason: string) => void;
  /** Called when others may hold what this process holds: it must end at once, without another word. */
  readonly onLeaseLost: (reason: string) => void;
}

type ShardApp = Pick<App, 'stop' | 'healthUrl'>;

/** Holds connections to Discord's gateway, for a process that does the rest; resolves when it can take shards. */
export async function startShardApp(options: ShardAppOptions): Promise<ShardApp> {
  return buildOnto((stack) => build(stack, options), options);
}

async function build(stack: AsyncDisposableStack, options: ShardAppOptions): Promise<ShardApp> {
  const { config, logger, clock = systemClock, onFatal } = options;
  const lifecycle = new Lifecycle(systemClock);
  await openSupervisor(stack, { config, lifecycle, logger });
  const { database, owner } = await openDatabase(stack, { ...options, clock });
  const shards = new ShardTable(database);
  const packets = new PacketTable(database);
  const rest = openRest(config.discord);
  const reconnection = new Reconnection(
    clock,
    logger,
    new LoginTurns(clock, logger, new SharedTurns(database, owner, clock)),
  );
  stack.defer(() => reconnection.stop());
  const unanswered = new Unanswered({ packets, rest, clock, logger });
  const onInteractions: ShardNeeds['onInteractions'] = (found) => void unanswered.watch(found);
  const { token } = config.discord;
  const needs = { owner, token, rest, reconnection, packets, clock, logger, onInteractions, onFatal };
  const onHolding = (isHolding: boolean) => enter(lifecycle, isHolding);
  const keeper = new ShardKeeper({ shards, needs, onHolding });
  const health = await openShardHealth(stack, { config, lifecycle, keeper, database, logger });
  await shards.forgetEnded();
  stack.defer(() => keeper.stop());
  keeper.start();
  return {
    ...health,
    stop() {
      lifecycle.enter('stopping');
      return stack.disposeAsync();
    },
  };
}

/** One that holds no shard is there in case another one ends. */
function enter(lifecycle: Lifecycle, isHolding: boolean): void {
  const phase = isHolding ? 'running' : 'standing-by';
  if (lifecycle.phase !== phase && lifecycle.phase !== 'stopping') lifecycle.enter(phase);
}

interface Place {
  readonly database: PostgresHandle;
  /** The name of this process's lease. */
  readonly owner: string;
}

async function openDatabase(
  stack: AsyncDisposableStack,
  { config, clock, logger, onLeaseLost: onLost }: ShardAppOptions & { readonly clock: Clock },
): Promise<Place> {
  const { url } = config.store;
  const database = new PostgresHandle({ url, clock, logger });
  stack.defer(() => database.close());
  await createTables(database);
  await createGatewayTables(database);
  const apart = new PostgresHandle({ url, clock, logger, maxConnections: LEASE_CONNECTIONS });
  stack.defer(() => apart.close());
  const name = `${LEASE_PREFIX}${randomBytes(8).toString('hex')}`;
  const owner = `${hostname()}/${process.pid}`;
  const saysTaken = 'This process can hold connections.';
  const lease = await PostgresLease.take(apart, { name, owner, clock, logger, saysTaken, onLost });
  stack.defer(() => lease.release());
  database.checkReplies(() => lease.check());
  return { database, owner: name };
}

function openRest({ token, apiUrl: api }: Pick<DiscordConfig, 'token' | 'apiUrl'>): REST {
  const makeRequest = withTimeLimit(DefaultRestOptions.makeRequest);
  return new REST({ version: '10', api, timeout: LIBRARY_TIMEOUT_MS, makeRequest }).setToken(token);
}
