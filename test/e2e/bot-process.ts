import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';
import { toBotEnvironment } from '../../sandbox/bot-environment.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';

export interface BotProcessOptions {
  /** Default: standard output is read, standard error is not there. */
  readonly stdio?: StdioOptions;
  /** What starts it, with its arguments; default: Node, in the world's folder. */
  readonly command?: readonly [command: string, ...args: string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Both stand-ins, and the bot in a process of its own. */
export class BotProcessWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'bot-process-'));
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  #child: ChildProcess | undefined;

  private constructor(discord: DiscordStandIn, useapi: UseapiStandIn) {
    this.discord = discord;
    this.useapi = useapi;
  }

  static async start(): Promise<BotProcessWorld> {
    const discord = await startDiscordStandIn({ limits: 'off', patienceMs: 30_000 });
    return new BotProcessWorld(discord, await startUseapiStandIn({ speed: 0, token: 'user:1-test' }));
  }

  /** Resolves once it has registered its commands and can be asked. */
  async startBot({ stdio, command, cwd, env }: BotProcessOptions = {}): Promise<ChildProcess> {
    const [program, ...args] = command ?? NODE;
    const base = toBotEnvironment(this, join(this.folder, 'bot.sqlite'));
    this.discord.requests.clear();
    const child = spawn(program, args, {
      cwd: cwd ?? this.folder,
      env: { ...base, PATH: process.env['PATH'], ...env },
      stdio: stdio ?? ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    child.stdout?.resume();
    const isReady = () => this.discord.requests.list().some(({ path }) => path.endsWith('/commands'));
    await vi.waitUntil(isReady, { timeout: 60_000 });
    return child;
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await this.discord.close();
    await this.useapi.close();
    rmSync(this.folder, { recursive: true });
  }
}

export const MAIN = resolve('src/main.ts');
const NODE = [process.execPath, MAIN] as const;
