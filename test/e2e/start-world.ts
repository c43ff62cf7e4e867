import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { APIMessage } from 'discord.js';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../sandbox/discord/discord-stand-in.ts';
import { checkAnswer } from '../../sandbox/discord/rules/answer-rules.ts';
import { checkOwnRules } from '../../sandbox/discord/rules/own-rules.ts';
import { checkByRules, type PayloadCheck, toPayloadKind } from '../../sandbox/discord/rules/payload-check.ts';
import type { Person, SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { sandboxIds } from '../../sandbox/discord/world/world-plan.ts';
import { type MjStandIn, type MjStandInOptions, startMjStandIn } from '../../sandbox/mj/mj-stand-in.ts';
import {
  startUseapiStandIn,
  type UseapiStandIn,
  type UseapiStandInOptions,
} from '../../sandbox/useapi/useapi-stand-in.ts';
import type { AccountConfig } from '../../src/accounts-file.ts';
import { type App, startApp } from '../../src/app/app.ts';
import type { AppConfig } from '../../src/app/app-config.ts';
import type { StoreConfig } from '../../src/host-config.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { compact } from '../../src/shared/compact.ts';
import { type Logger, silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';

/** The real app between both stand-ins, and the people of the default world. */
export interface World {
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  /** Started always, and used where `mj` was asked for. */
  readonly mj: MjStandIn;
  readonly owner: Person;
  readonly moderator: Person;
  readonly member: Person;
  readonly outsider: Person;
  /** The bot's SQLite file. */
  readonly storePath: string;
  app(): App;
  /** Moves the bot's clock on, so that what it keeps for a while is too old. */
  skip(ms: number): void;
  /** Stops the bot's monotonic clock, however slow the machine is, until what it returns is called; `skip` moves it. */
  holdTime(): () => void;
  /** Sets the bot's wall clock, back where `ms` is negative; no time passes. */
  setClock(ms: number): void;
  /** Stops the bot and starts it anew on the same store, which may then have no more than `maxStoreBytes`. */
  restart(maxStoreBytes?: number): Promise<void>;
  /** Stops the bot, does something with its store, and starts it anew. */
  betweenRuns<T>(submission: (store: SqliteStore, clock: Clock) => Promise<T>): Promise<T>;
  /** Does something while the bot is stopped, and starts it anew, on another store where one is given. */
  whileStopped<T>(act: () => Promise<T>, store?: StoreConfig): Promise<T>;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Milliseconds by which the bot's clock is ahead when it starts. */
  readonly clockAheadMs?: number;
  readonly useapi?: UseapiStandInOptions;
  /** Jobs run at a Midjourney proxy and not at useapi. */
  readonly mj?: MjStandInOptions;
  /** Jobs run at these accounts and not at useapi. */
  readonly accounts?: (mj: MjStandIn, useapi: UseapiStandIn) => readonly AccountConfig[];
  /** How servers' own accounts are kept, asked for at each start; default: servers bring none. */
  readonly ownAccounts?: () => NonNullable<AppConfig['ownAccounts']>;
  readonly discord?: Pick<DiscordStandInOptions, 'nonceLivesMs' | 'world' | 'sessionLivesMs'>;
  /** The servers that are served; default the main one. */
  readonly guildIds?: readonly string[] | 'all';
  /** Default: as many as recommended. */
  readonly shards?: number;
  readonly pollIntervalMs?: number;
  readonly guildReadsPerMinute?: number;
  /** Whether health and metrics are served, on a free port of loopback. */
  readonly hasHealth?: boolean;
  /** Whether backends may call back, on a free port of loopback. */
  readonly hasCallbacks?: boolean;
  /** A file to begin with, of which the bot gets a copy. */
  readonly storeFrom?: string;
  /** What time it is at the start, in epoch milliseconds, for the bot and both stand-ins; now by default. */
  readonly startsAt?: number;
  /** Default: a silent one. */
  readonly logger?: Logger;
  /** Done before the bot starts. */
  readonly prepare?: (useapi: UseapiStandIn, discord: DiscordStandIn) => void;
}

export const ids = sandboxIds;

/** How long a person waits for the bot, which a busy machine slows down. */
const PATIENCE_MS = 30_000;

/**
 * Starts a world in which nothing moves unless asked, and every request of the bot is checked by Discord's rules and
 * ours.
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'world-'));
  const bornMs = options.startsAt === undefined ? 0 : options.startsAt - Date.now();
  const outerClock: Clock = { ...systemClock, now: () => Date.now() + bornMs };
  const useapi = await startUseapiStandIn({ speed: 0, maxJobs: 20, clock: outerClock, ...options.useapi });
  const mj = await startMjStandIn({ speed: 0, clock: outerClock, ...options.mj });
  const misfits: string[] = [];
  const discord = await startDiscordStandIn({
    limits: 'off',
    patienceMs: PATIENCE_MS,
    clock: outerClock,
    ...options.discord,
    checkRequest: checkStrictly,
    checkResponse: (route, status, body) => misfits.push(...findMisfits(route, status, body)),
  });
  let skippedMs = 0;
  let setMs = options.clockAheadMs ?? 0;
  let heldAtMs: number | undefined;
  const clock: Clock = {
    now: () => outerClock.now() + skippedMs + setMs,
    monotonicMs: () => (heldAtMs ?? outerClock.monotonicMs()) + skippedMs,
    sleep: systemClock.sleep,
  };
  const storePath = join(folder, 'bot.sqlite');
  if (options.storeFrom !== undefined) copyStore(options.storeFrom, storePath);
  let store: StoreConfig = { kind: 'sqlite', path: storePath };
  const start = (maxStoreBytes?: number) =>
    startApp({
      clock,
      ...compact({ maxStoreBytes }),
      config: {
        discord: {
          token: discord.token,
          apiUrl: discord.apiUrl,
          guildIds: options.guildIds ?? [ids.guild],
          ...compact({ shards: options.shards }),
        },
        ...toBackendConfig(options, useapi, mj),
        useapiVersions: ['v3', 'v2'],
        store,
        pollIntervalMs: options.pollIntervalMs ?? 3_600_000,
        guildReadsPerMinute: options.guildReadsPerMinute ?? 10_000,
        mediaHosts: [useapi.mediaHost, discord.cdnHost],
        logLevel: 'silent',
        sandboxPort: 0,
        ...(options.hasCallbacks === true && { callbacks: { listen: { host: '127.0.0.1', port: 0 } } }),
        ...compact({ ownAccounts: options.ownAccounts?.() }),
        ...(options.hasHealth === true && { health: { host: '127.0.0.1', port: 0 } }),
      },
      logger: options.logger ?? silentLogger,
      onFatal: (reason) => {
        throw new Error(reason);
      },
    });
  options.prepare?.(useapi, discord);
  let app = await start();
  await app.whenIdle();
  return {
    discord,
    useapi,
    mj,
    owner: discord.people(ids.owner),
    moderator: discord.people(ids.moderator),
    member: discord.people(ids.member),
    outsider: discord.people(ids.outsider),
    storePath,
    app: () => app,
    skip: (ms) => {
      skippedMs += ms;
    },
    holdTime: () => {
      heldAtMs = outerClock.monotonicMs();
      return () => {
        heldAtMs = undefined;
      };
    },
    setClock: (ms) => {
      setMs += ms;
    },
    async restart(maxStoreBytes) {
      await app.stop();
      app = await start(maxStoreBytes);
    },
    async betweenRuns(submission) {
      await app.stop();
      const store = SqliteStore.open(storePath, clock);
      try {
        return await submission(store, clock);
      } finally {
        await store.close();
        app = await start();
      }
    },
    async whileStopped(act, next) {
      await app.stop();
      try {
        return await act();
      } finally {
        store = next ?? store;
        app = await start();
      }
    },
    async close() {
      await app.stop();
      await discord.close();
      await useapi.close();
      await mj.close();
      rmSync(folder, { recursive: true });
      if (misfits.length > 0) throw new Error(`Discord would not answer so:\n${misfits.join('\n')}`);
    },
  };
}

function toBackendConfig({ mj: wanted, accounts }: WorldOptions, useapi: UseapiStandIn, mj: MjStandIn) {
  if (accounts !== undefined) return { accounts: accounts(mj, useapi) };
  return wanted === undefined ? toUseapiConfig(useapi) : toMjConfig(mj);
}

function toUseapiConfig({ token, url }: UseapiStandIn): Pick<AppConfig, 'useapi'> {
  return { useapi: { token, url } };
}

function toMjConfig({ secret, url, world }: MjStandIn): Pick<AppConfig, 'mj'> {
  const auth = world.switches.flavour === 'new-api' ? 'bearer' : 'mj-api-secret';
  return { mj: { secret, url, auth, mediaHosts: [] } };
}

/** A copy in which nothing is over its time, however old the file is. */
function copyStore(from: string, to: string): void {
  copyFileSync(from, to);
  const database = new DatabaseSync(to);
  database.exec("UPDATE keyv SET expires = NULL, value = json_remove(value, '$.expires')");
  database.close();
}

/** What does not fit what Discord publishes about its answers. */
function findMisfits(route: string, status: number, body: unknown): string[] {
  const problems = checkAnswer(route, body, status).filter(({ code }) => code !== 'ROUTE_UNKNOWN');
  return problems.map(({ path, code, message }) => `${route} ${status}: ${path} ${code} ${message}`);
}

/** Discord's rules, and what this project forbids its own bot. */
const checkStrictly: PayloadCheck = (route, body, files, existing) => {
  const kind = toPayloadKind(route);
  const [problem] = kind === undefined ? [] : checkOwnRules(kind, body, files);
  if (problem !== undefined) return { code: 50035, message: `${problem.path} ${problem.code}: ${problem.message}` };
  return checkByRules(route, body, files, existing);
};

/** The message that answers a person; a control may answer beside the message that it is on. */
export function answerTo({ message, followUps }: SeenInteraction): APIMessage | undefined {
  return followUps.at(-1) ?? message;
}

/** All that a message says, components included, as one text. */
export function textOf(message: APIMessage | undefined): string {
  return JSON.stringify([message?.content, message?.components]);
}

/** The first control whose custom id begins with `name:`, or is it. */
export function controlOf(message: APIMessage | undefined, name: string, label?: string): string {
  const found = walk(message?.components).find(
    (part) => isNamed(part['custom_id'], name) && (label === undefined || part['label'] === label),
  );
  if (found === undefined) throw new Error(`No control ${name} ${label ?? ''} in ${textOf(message)}`);
  return String(found['custom_id']);
}

/** Every component of a message, nested ones included. */
export function walk(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(walk);
  if (typeof value !== 'object' || value === null) return [];
  const record = { ...value } as Record<string, unknown>;
  return [record, ...walk(record['components']), ...walk(record['accessory'])];
}

function isNamed(customId: unknown, name: string): boolean {
  return typeof customId === 'string' && (customId === name || customId.startsWith(`${name}:`));
}
