import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle, type Row } from '../../src/shared/postgres-handle.ts';
import { createPostgresPlace, type PostgresPlace } from '../postgres.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { PostgresCluster } from './postgres-cluster.ts';

/** How long the test waits for a server that restarts. */
const REACH_MS = 60_000;
const CONNECT_MS = 20_000;

/** The database of all bots: through a proxy that can fail for them, and through one that does not for the test. */
export class ScaleDatabase {
  readonly proxy: TcpProxy;
  readonly cluster: PostgresCluster | undefined;
  readonly #door: TcpProxy;
  readonly #place: PostgresPlace;
  readonly #handle: PostgresHandle;

  private constructor(place: PostgresPlace, proxy: TcpProxy, door: TcpProxy, cluster: PostgresCluster | undefined) {
    this.#place = place;
    this.proxy = proxy;
    this.#door = door;
    this.cluster = cluster;
    const limits = { reachWaitMs: REACH_MS, connectWaitMs: CONNECT_MS, maxConnections: 4 };
    this.#handle = new PostgresHandle({
      url: this.#through(door),
      clock: systemClock,
      logger: silentLogger,
      ...limits,
    });
  }

  /** @param isOwn Whether its servers are the test's own, which can be restarted, replaced and filled. */
  static async start(isOwn: boolean): Promise<ScaleDatabase> {
    const cluster = isOwn ? await PostgresCluster.start() : undefined;
    const place = cluster === undefined ? createPostgresPlace() : { url: cluster.url, destroy: () => cluster.close() };
    const { hostname, port } = new URL(place.url);
    const open = () => TcpProxy.start(hostname, Number(port || 5432));
    return new ScaleDatabase(place, await open(), await open(), cluster);
  }

  /** As the bots are given it. */
  get url(): string {
    return this.#through(this.proxy);
  }

  get schema(): string {
    return this.#handle.schema;
  }

  /** Asks also through a restart; nothing that changes anything. */
  read(sql: string): Promise<readonly Row[]> {
    return this.#handle.read(sql);
  }

  async change(sql: string): Promise<void> {
    await this.#handle.query(sql);
  }

  /** The standby takes over, and the address leads to it. */
  async promote(): Promise<void> {
    if (this.cluster === undefined) return;
    await this.cluster.promote();
    const port = Number(new URL(this.cluster.url).port);
    for (const proxy of [this.proxy, this.#door]) proxy.leadTo(port);
    await this.cluster.renewStandby();
  }

  /** What the server is busy with, for a report. */
  async describe(): Promise<string> {
    const leases = await this.read(`SELECT owner, epoch, ends_at - now() AS left FROM ${this.schema}.leases`);
    const busy = await this.read(`SELECT pid, state, wait_event_type, wait_event, left(query, 120) AS query
      FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()`);
    const waiting = await this.read(`SELECT name, state, count(*)::int AS jobs, min(start_after) AS since
      FROM ${this.schema}_queue.job WHERE state <> 'completed' GROUP BY name, state`);
    return [...leases, ...busy, ...waiting].map((row) => JSON.stringify(row)).join('\n');
  }

  async close(): Promise<void> {
    await this.#handle.close();
    await this.proxy.close();
    await this.#door.close();
    await this.#place.destroy();
  }

  #through(proxy: TcpProxy): string {
    const url = new URL(this.#place.url);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    return url.href;
  }
}
