import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from './postgres-server.ts';

const STANDBY = 'standby';

/** A PostgreSQL of the test's own, with a standby that has all that was committed. */
export class PostgresCluster {
  readonly #folder: string;
  #primary: PostgresServer;
  #standby: PostgresServer | undefined;
  #made = 1;

  private constructor(folder: string, primary: PostgresServer) {
    this.#folder = folder;
    this.#primary = primary;
  }

  static async start(): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'scale-postgres-'));
    chmodSync(folder, 0o711);
    const primary = await PostgresServer.create(join(folder, '0'));
    const cluster = new PostgresCluster(folder, primary);
    await primary.start();
    await primary.ask(['CREATE DATABASE bot']);
    await cluster.renewStandby();
    return cluster;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#primary.port}/bot`;
  }

  /** Whether its disk can be full. */
  get isSmall(): boolean {
    return this.#primary.disk.isSmall;
  }

  /** The server dies, as in a crash, and comes back. */
  async restart(): Promise<void> {
    await this.#primary.kill();
    await this.#primary.start();
  }

  /** The server dies for good, and its standby takes its place at another address. */
  async promote(): Promise<void> {
    if (this.#standby === undefined) throw new Error('There is no standby');
    const dead = this.#primary;
    await dead.kill();
    await this.#standby.promote();
    this.#primary = this.#standby;
    this.#standby = undefined;
    await dead.remove();
  }

  /** Makes a standby for the server that has none, and has commits wait for it. */
  async renewStandby(): Promise<void> {
    this.#standby = await PostgresServer.follow(this.#primary, join(this.#folder, String(this.#made)), STANDBY);
    this.#made += 1;
    await this.#standby.start();
    await this.#primary.ask([`ALTER SYSTEM SET synchronous_standby_names = '${STANDBY}'`, 'SELECT pg_reload_conf()']);
  }

  /** Leaves the server no room on its disk until `free`. */
  fill(): void {
    this.#primary.disk.fill();
  }

  /** Gives it room again, and starts it where it has ended for want of that. */
  async free(): Promise<void> {
    this.#primary.disk.free();
    await this.#primary.startAgain();
  }

  async close(): Promise<void> {
    await this.#standby?.remove();
    await this.#primary.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
