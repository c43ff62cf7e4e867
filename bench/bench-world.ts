import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { toBotEnvironment } from '../sandbox/bot-environment.ts';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../sandbox/discord/discord-stand-in.ts';
import type { Person, SeenInteraction, TypedCommand } from '../sandbox/discord/world/people.ts';
import { sandboxIds } from '../sandbox/discord/world/world-plan.ts';
import {
  startUseapiStandIn,
  type UseapiStandIn,
  type UseapiStandInOptions,
} from '../sandbox/useapi/useapi-stand-in.ts';
import { BotProcess, type BotProcessOptions } from './bot-process.ts';

/** `bare` says one word; `working` shows a job, and does no more. */
export type BotKind = 'ours' | 'bare' | 'working';

export interface BenchWorldOptions {
  readonly useapi?: UseapiStandInOptions;
  readonly discord?: DiscordStandInOptions;
  /** Added to the bot's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Fills the store before the bot opens it. */
  readonly prefill?: (storePath: string) => Promise<void>;
}

/** Both stand-ins in this process and one bot in a process of its own. */
export interface BenchWorld {
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  readonly bot: BotProcess;
  readonly member: Person;
  /** Types a command in #general. @throws Error where it is not answered. */
  command(typed: TypedCommand): Promise<SeenInteraction>;
  /** Another process of the same bot, which waits for the first one's end. */
  startStandby(environment?: Readonly<Record<string, string>>): Promise<BotProcess>;
  /** Another process beside it, with this added to its environment. */
  startBeside(environment: Readonly<Record<string, string>>): Promise<BotProcess>;
  close(): Promise<void>;
}

const Manifest = z.object({ scripts: z.object({ start: z.string() }) });
const SCRIPTS: Readonly<Record<BotKind, string>> = {
  ours: '../src/start.js',
  bare: './bare-bot.ts',
  working: './working-bot.ts',
};
/** Ours runs with the options with which `npm start` runs it. */
const FLAGS: Readonly<Record<BotKind, readonly string[]>> = {
  ours: readStartFlags(),
  bare: [],
  working: [],
};
/** Not the word `sandbox`, which would make the bot start a stand-in of its own. */
const API_TOKEN = 'bench-api-token';
/** So far apart that no tick of the bot falls into a measurement. */
const POLL_INTERVAL_SECONDS = '3600';
/** So many that none is refused. */
const GUILD_READS_PER_MINUTE = '100000';

/** Starts the stand-ins with Discord's own limits, then the bot; nothing moves at the API unless asked. */
export async function startBenchWorld(kind: BotKind, options: BenchWorldOptions = {}): Promise<BenchWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const storePath = join(folder, 'bot.sqlite');
  const useapi = await startUseapiStandIn({ token: API_TOKEN, speed: 0, maxJobs: 1_000, ...options.useapi });
  const discord = await startDiscordStandIn(options.discord);
  const closeStandIns = async () => {
    await discord.close();
    await useapi.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const environment = {
    ...toBotEnvironment({ discord, useapi }, storePath),
    LOG_LEVEL: 'warn',
    DISCORD_GUILD_IDS: sandboxIds.guild,
    POLL_INTERVAL_SECONDS,
    GUILD_READS_PER_MINUTE,
    TMPDIR: folder,
    ...options.environment,
  };
  const start = { script: SCRIPTS[kind], flags: FLAGS[kind], environment, folder };
  const bot = await startBot(start, () => options.prefill?.(storePath)).catch(async (thrown: unknown) => {
    await closeStandIns();
    throw thrown;
  });
  const member = discord.people(sandboxIds.member);
  return {
    discord,
    useapi,
    bot,
    member,
    command: async (typed) => requireAnswer(await member.command(sandboxIds.general, typed)),
    startStandby: (added = {}) =>
      BotProcess.start({
        ...start,
        environment: { ...environment, LOG_LEVEL: 'info', ...added },
        readyLine: /stands by/,
      }),
    startBeside: (added) => BotProcess.start({ ...start, environment: { ...environment, ...added } }),
    async close() {
      await bot.stop();
      await closeStandIns();
    },
  };
}

function readStartFlags(): readonly string[] {
  const { scripts } = Manifest.parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));
  return scripts.start.split('exec node').at(-1)?.match(/--\S+/g) ?? [];
}

async function startBot(options: BotProcessOptions, prefill: () => Promise<void> | undefined): Promise<BotProcess> {
  await prefill();
  return BotProcess.start(options);
}

function requireAnswer(seen: SeenInteraction): SeenInteraction {
  if (seen.state !== 'answered') throw new Error(`A command was not answered: ${seen.failure ?? seen.state}.`);
  return seen;
}
