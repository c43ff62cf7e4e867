import { hostname } from 'node:os';
import type { Accounts } from '../backends/accounts/accounts.ts';
import type { GatewayElsewhere } from '../discord/core/bot.ts';
import type { OpenOwn } from '../jobs/own-accounts/own-account.ts';
import { MediaStore } from '../media/media-store.ts';
import type { Queue } from '../queue/contract.ts';
import { SqliteQueue } from '../queue/sqlite/sqlite-queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { PostgresHandle } from '../shared/postgres-handle.ts';
import type { Store } from '../storage/contract.ts';
import type { PostgresLease } from '../storage/postgres/postgres-lease.ts';
import { SqliteStore } from '../storage/sqlite/sqlite-store.ts';
import type { AppConfig } from './app-config.ts';
import { type CallObserver, loadOwnAccountOpener, openAccounts } from './open-accounts.ts';

export interface OutsideOptions {
  readonly config: Pick<
    AppConfig,
    'store' | 'role' | 'useapi' | 'useapiVersions' | 'mj' | 'accounts' | 'ownAccounts' | 'mediaHosts'
  >;
  /** Bytes the store's file may have; default: no limit. */
  readonly maxStoreBytes?: number;
  /** Called when another process may take over: this one must do nothing more. */
  readonly onLeaseLost: (reason: string) => void;
  /** Called where another process is at work already, so that this one waits. */
  readonly onStandby: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onCall?: CallObserver['onCall'];
}

/** In the working folder, where the store is no file beside which it could be. */
const MEDIA_FOLDER = 'data/media';

/** What the bot works with outside of its own memory, Discord excepted. */
export interface Outside {
  readonly store: Store;
  readonly queue: Queue;
  readonly backend: Accounts;
  /** Opens accounts that servers bring. */
  readonly openOwn: OpenOwn;
  readonly media: MediaStore;
  /** Where other processes have the connections to Discord's gateway. */
  readonly elsewhere?: GatewayElsewhere | undefined;
  /** Resolves when this process may act: of several on one database one works, and the others wait here. */
  begin(): Promise<void>;
}

/** Opens each and defers its closing onto the stack. */
export async function openOutside(stack: AsyncDisposableStack, options: OutsideOptions): Promise<Outside> {
  const { config, clock, logger, onCall } = options;
  const { store, queue, elsewhere, begin } = await (config.store.kind === 'sqlite'
    ? openSqlite(stack, config.store.path, options)
    : openPostgres(stack, config.store.url, options));
  const backend = await openAccounts(config, { clock, logger, onCall });
  stack.defer(() => backend.close());
  const openOwn = await loadOwnAccountOpener(config, { clock, logger });
  const folder = config.store.kind === 'sqlite' ? `${config.store.path}.media` : MEDIA_FOLDER;
  const isGuarded = config.ownAccounts?.allowsPrivate === true ? undefined : (board: string) => backend.isOwn(board);
  const media = new MediaStore({ folder, allowedHosts: config.mediaHosts, proxy: backend, isGuarded, clock, logger });
  stack.defer(() => media.close());
  return { store, queue, backend, openOwn, media, elsewhere, begin };
}

type Durable = Pick<Outside, 'store' | 'queue' | 'elsewhere' | 'begin'>;

async function openSqlite(stack: AsyncDisposableStack, path: string, options: OutsideOptions): Promise<Durable> {
  const { maxStoreBytes, clock, logger } = options;
  const limit = maxStoreBytes === undefined ? {} : { maxBytes: maxStoreBytes };
  const store = SqliteStore.open(path, clock, { logger, ...limit });
  stack.defer(() => store.close());
  const queue = await SqliteQueue.open({ path, file: store.file, clock, logger, ...limit });
  stack.defer(async () => void (await queue.stop()));
  return { store, queue, begin: async () => undefined };
}

/**
 * Its packages are read from disk only where they are needed. All that does not act is ready before the lease is taken,
 * but tables that an earlier version uses stay as they are until then.
 */
async function openPostgres(stack: AsyncDisposableStack, url: string, options: OutsideOptions): Promise<Durable> {
  const { config, clock, logger } = options;
  const { PostgresHandle } = await import('../shared/postgres-handle.ts');
  const { openPostgresStore } = await import('../storage/postgres/postgres-store.ts');
  const { isQueueReady, openPgbossQueue } = await import('../queue/pgboss/pgboss-queue.ts');
  const database = new PostgresHandle({ url, clock, logger });
  stack.defer(() => database.close());
  const store = await openPostgresStore(database, { clock, logger });
  stack.defer(() => store.close());
  const begin = await prepareLease(stack, url, database, options);
  if (!(await isQueueReady(database))) await begin();
  const queue = await openPgbossQueue(database, { clock, logger });
  stack.defer(async () => void (await queue.stop()));
  const elsewhere = config.role === 'core' ? await openElsewhere(database, options) : undefined;
  return { store, queue, elsewhere, begin };
}

/** What other processes write of Discord's gateway, as discord.js takes it. */
async function openElsewhere(
  database: PostgresHandle,
  { clock, logger }: Pick<OutsideOptions, 'clock' | 'logger'>,
): Promise<GatewayElsewhere> {
  const { createGatewayTables } = await import('../gateway/gateway-schema.ts');
  const { PacketTable } = await import('../gateway/packet-table.ts');
  const { RemoteShards } = await import('../gateway/remote-shards.ts');
  const { ShardTable } = await import('../gateway/shard-table.ts');
  await createGatewayTables(database);
  const shards = new ShardTable(database);
  const packets = new PacketTable(database);
  return {
    buildStrategy: (manager) => new RemoteShards(manager, { shards, packets, clock, logger }),
    countShards: () => shards.count(),
  };
}

/** What takes the lease, once; it is given back when all that is deferred later has ended. */
async function prepareLease(
  stack: AsyncDisposableStack,
  url: string,
  database: PostgresHandle,
  { config, clock, logger, onLeaseLost: onLost, onStandby }: OutsideOptions,
): Promise<() => Promise<void>> {
  const { PostgresHandle } = await import('../shared/postgres-handle.ts');
  const { LEASE_CONNECTIONS, PostgresLease } = await import('../storage/postgres/postgres-lease.ts');
  const { endOtherConnections } = await import('../gateway/gateway-schema.ts');
  const { hastenLeft } = await import('../queue/pgboss/left-entries.ts');
  // On connections of its own: it must be renewed while thousands of statements wait for one of the others.
  const apart = new PostgresHandle({ url, clock, logger, maxConnections: LEASE_CONNECTIONS });
  stack.defer(() => apart.close());
  const stopped = new AbortController();
  let taking: Promise<PostgresLease> | undefined;
  stack.defer(async () => {
    stopped.abort();
    const taken = await taking?.catch(() => undefined);
    await taken?.release();
  });
  const begin = async () => {
    const owner = `${hostname()}/${process.pid}`;
    const options = { name: 'bot', owner, clock, logger, onLost, onStandby };
    taking = PostgresLease.take(apart, options, stopped.signal);
    const lease = await taking;
    database.checkReplies(() => lease.check());
    await hastenLeft(database);
    if (config.role !== 'core') await endOtherConnections(database);
  };
  let beginning: Promise<void> | undefined;
  return () => {
    beginning ??= begin();
    return beginning;
  };
}
