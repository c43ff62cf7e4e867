import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { findFreePort } from '../free-port.ts';
import { SmallDisk } from './small-disk.ts';

const VERSIONS = '/usr/lib/postgresql';
const HOST = '127.0.0.1';
const isRoot = process.getuid?.() === 0;
const binaries = findBinaries();
/** Safe against what dies here, which is processes: no disk loses power. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  fsync: 'off',
  max_connections: '200',
  max_wal_size: '64MB',
  min_wal_size: '32MB',
} as const;

/** Whether there is what servers are made of. */
export const hasBinaries = binaries !== undefined && (!isRoot || findOwner() !== undefined);

/** A PostgreSQL with a folder and a port of its own. */
export class PostgresServer {
  readonly disk: SmallDisk;
  readonly port: number;

  private constructor(disk: SmallDisk, port: number) {
    this.disk = disk;
    this.port = port;
  }

  static async create(folder: string): Promise<PostgresServer> {
    const server = await PostgresServer.#reserve(folder);
    await runAsOwner('initdb', ['-D', server.#data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync']);
    return server;
  }

  /** A server that follows another one, under a name by which that one waits for it. */
  static async follow(leader: PostgresServer, folder: string, name: string): Promise<PostgresServer> {
    const server = await PostgresServer.#reserve(folder);
    const source = `host=${HOST} port=${leader.port} user=postgres application_name=${name}`;
    await runAsOwner('pg_basebackup', ['-d', source, '-D', server.#data, '-R', '--checkpoint=fast', '--no-sync']);
    return server;
  }

  static async #reserve(folder: string): Promise<PostgresServer> {
    const disk = await SmallDisk.make(folder);
    const owner = findOwner();
    if (isRoot && owner !== undefined) chownSync(folder, owner.uid, owner.gid);
    return new PostgresServer(disk, await findFreePort());
  }

  async start(): Promise<void> {
    const settings = Object.entries(SETTINGS).map(([name, value]) => `-c ${name}=${value}`);
    const options = ['-p', String(this.port), ...settings].join(' ');
    await this.#control(['-l', join(this.#data, 'log'), '-o', options, 'start']);
  }

  /** Starts it where it has ended by itself. */
  async startAgain(): Promise<void> {
    await this.#control(['status']).catch(() => this.start());
  }

  /** As in a crash: whatever is under way is cut. */
  async kill(): Promise<void> {
    await this.#control(['-m', 'immediate', 'stop']);
  }

  async promote(): Promise<void> {
    await this.#control(['promote']);
  }

  async ask(statements: readonly string[]): Promise<void> {
    const client = new Client({ host: HOST, port: this.port, user: 'postgres', database: 'postgres' });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  /** Ends it and removes all of it. */
  async remove(): Promise<void> {
    await this.kill().catch(() => undefined);
    await this.disk.remove();
  }

  get #data(): string {
    return join(this.disk.folder, 'data');
  }

  #control(command: readonly string[]): Promise<void> {
    return runAsOwner('pg_ctl', ['-D', this.#data, '-w', ...command]);
  }
}

/** A server refuses to run as root; its output stays open as long as it runs, so that nobody reads it. */
async function runAsOwner(program: string, options: readonly string[]): Promise<void> {
  const command = [join(binaries ?? '', program), ...options];
  const owned = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...command] : command;
  const [first = '', ...rest] = owned;
  const child = spawn(first, rest, { cwd: '/', stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${options.join(' ')} ended with ${code}`);
}

function findBinaries(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const newestFirst = readdirSync(VERSIONS).toSorted((a, b) => Number(b) - Number(a));
  return newestFirst
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** The system's user of that name, by a folder that Debian gives it. */
function findOwner(): { readonly uid: number; readonly gid: number } | undefined {
  const home = '/var/lib/postgresql';
  return existsSync(home) ? statSync(home) : undefined;
}
