import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type StandIns, toBotEnvironment } from '../../sandbox/bot-environment.ts';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import type { Doom, DoomReply } from './doom.ts';

/** So that a life does not begin with compiling the bot anew. */
const COMPILE_CACHE = resolve('node_modules/.cache/crash');

export interface Surroundings extends StandIns {
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The bot in a process of its own, one life after the other on one store; each can be killed, or dies at a sync of its
 * store.
 */
export class BotProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'crash-'));
  readonly #surroundings: Surroundings;
  #child: ChildProcess | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  get storePath(): string {
    return join(this.#folder, 'bot.sqlite');
  }

  /** What all lives have written to standard error, line by line: the log and what Node says. */
  log(): readonly string[] {
    return readFileSync(this.#logPath, 'utf8').split('\n');
  }

  get isAlive(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Of the present life. @throws Error where there is none */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('No bot runs.');
    return pid;
  }

  get #logPath(): string {
    return join(this.#folder, 'bot.log');
  }

  /** Begins a life; returns as soon as its process runs. */
  start(doom: Doom = {}): void {
    const { discord, useapi, env } = this.#surroundings;
    const log = openSync(this.#logPath, 'a');
    this.#child = spawn(process.execPath, ['--import', resolve('test/crash/doom.ts'), resolve('src/main.ts')], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', log, 'ipc'],
      env: {
        ...toBotEnvironment({ discord, useapi }, this.storePath),
        DISCORD_GUILD_IDS: ids.guild,
        USEAPI_VERSIONS: 'v3',
        POLL_INTERVAL_SECONDS: '1',
        LOG_LEVEL: 'debug',
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        DOOM: JSON.stringify(doom),
        ...env,
      },
    });
    closeSync(log);
  }

  /** Whether the bot says that it is ready, or ends before that. */
  async ready(): Promise<boolean> {
    for await (const line of this.#child?.stdout ?? []) if (String(line).includes('Ready')) return true;
    return false;
  }

  /**
   * Notifies a running bot what becomes of it; resolves with the syncs until then once that is in force, or when it has
   * ended.
   */
  async doom(next: Doom): Promise<number> {
    return (await this.#ask(next)).syncs;
  }

  /** Bytes that a running bot has in use when everything is collected that can be. */
  async usedBytes(): Promise<number> {
    return (await this.#ask({ isMeasured: true })).usedBytes ?? 0;
  }

  async #ask(next: Doom): Promise<DoomReply> {
    const child = this.#child;
    if (child === undefined || !this.isAlive) return { syncs: 0 };
    const settled = new AbortController();
    const { signal } = settled;
    const answered = once(child, 'message', { signal }).then(([reply]): DoomReply => reply);
    const ended = once(child, 'exit', { signal }).then((): DoomReply => ({ syncs: 0 }));
    child.send(next, () => undefined);
    const reply = await Promise.race([answered, ended]);
    for (const wait of [answered, ended]) wait.catch(() => undefined);
    settled.abort();
    return reply;
  }

  /** Resolves when the present life has ended. */
  async ended(): Promise<void> {
    if (this.#child !== undefined && this.isAlive) await once(this.#child, 'exit');
  }

  async kill(): Promise<void> {
    if (!this.isAlive) return;
    this.#child?.kill('SIGKILL');
    await this.ended();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
