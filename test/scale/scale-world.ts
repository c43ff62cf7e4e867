import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIMessage } from 'discord.js';
import { toBotEnvironment } from '../../sandbox/bot-environment.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { toErrorMessage } from '../../src/shared/errors.ts';
import { FleetBot, type Role } from './fleet-bot.ts';
import { HttpRelay } from './http-relay.ts';
import type { TrailEntry } from './request-trail.ts';
import { ScaleDatabase } from './scale-database.ts';

const LIST = 'GET /v3/midjourney/jobs';
/** Where connections are in processes of their own. */
const SHARDS = 2;
const LOOK_MS = 100;
const UNTIL_LIMIT_MS = 90_000;

/** How many rows there are in each table that grows with the work. */
export interface TableCounts {
  readonly documents: number;
  readonly job: number;
  readonly entryKeys: number;
}

/** Both stand-ins in this process, several bots on one PostgreSQL, and what can fail in between. */
export class ScaleWorld {
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  readonly database: ScaleDatabase;
  readonly bots: FleetBot[] = [];
  /** What the bots asked of the API of jobs, and wrote at Discord. */
  readonly trail: TrailEntry[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'scale-'));
  readonly #relays: HttpRelay[] = [];

  private constructor(discord: DiscordStandIn, useapi: UseapiStandIn, database: ScaleDatabase) {
    this.discord = discord;
    this.useapi = useapi;
    this.database = database;
  }

  /** @param hasCluster Whether the database is on servers of the test's own. */
  static async start(hasCluster: boolean): Promise<ScaleWorld> {
    const useapi = await startUseapiStandIn({ speed: 0, maxJobs: 10_000, token: 'user:1-scale' });
    const discord = await startDiscordStandIn({ limits: 'off', patienceMs: 5_000 });
    return new ScaleWorld(discord, useapi, await ScaleDatabase.start(hasCluster));
  }

  /** @param added To the environment of the others. */
  async addBot(role: Role = 'all', added: Readonly<Record<string, string>> = {}): Promise<void> {
    const slot = this.bots.length;
    const note = (line: string) => {
      const by = this.bots[slot]?.name ?? `${slot}.1`;
      if (isWork(line)) this.trail.push({ by, at: performance.now(), line });
    };
    const toDiscord = await HttpRelay.start(this.discord.apiUrl, note);
    const toUseapi = await HttpRelay.start(this.useapi.url, note);
    this.#relays.push(toDiscord, toUseapi);
    const env = {
      ...toBotEnvironment(this, ''),
      DISCORD_API_URL: toDiscord.toUrl(this.discord.apiUrl),
      USEAPI_URL: toUseapi.toUrl(this.useapi.url),
      STORE_URL: this.database.url,
      DISCORD_GUILD_IDS: ids.guild,
      USEAPI_VERSIONS: 'v3',
      POLL_INTERVAL_SECONDS: '1',
      DISCORD_SHARDS: role === 'all' ? 'auto' : String(SHARDS),
      BOT_ROLE: role,
      ...added,
    };
    this.bots.push(new FleetBot({ slot, role, folder: join(this.#folder, String(slot)), env }));
  }

  /** Resolves when every process works, or waits for the one that does. */
  async settled(): Promise<void> {
    await this.until('every process to have started', () => this.bots.every(({ isSettled }) => isSettled));
  }

  /** The process that holds the lease, and how often that has changed hands; none where it has ended. */
  async working(): Promise<{ readonly bot: FleetBot | undefined; readonly epoch: number }> {
    const [row] = await this.database.read(`SELECT owner, epoch FROM ${this.#schema}.leases WHERE name = 'bot'`);
    return { bot: this.#find(row?.['owner']), epoch: Number(row?.['epoch'] ?? 0) };
  }

  /** @param owner As a lease names its process. */
  #find(owner: unknown): FleetBot | undefined {
    return this.bots.find(({ pid }) => String(owner).endsWith(`/${pid}`));
  }

  /** What the bots have stored of jobs that they follow, as one text. */
  async followed(): Promise<string> {
    const rows = await this.database.read(`SELECT value FROM ${this.#schema}.documents WHERE collection = 'running'`);
    return rows.map(({ value }) => String(value)).join('\n');
  }

  async count(): Promise<TableCounts> {
    const [row = {}] = await this.database.read(`SELECT
      (SELECT count(*) FROM ${this.#schema}.documents) AS documents,
      (SELECT count(*) FROM ${this.#schema}_queue.job) AS job,
      (SELECT count(*) FROM ${this.#schema}_queue.entry_keys) AS entry_keys`);
    return { documents: Number(row['documents']), job: Number(row['job']), entryKeys: Number(row['entry_keys']) };
  }

  /** Makes all that has ended in the queue a year older. */
  async age(): Promise<void> {
    await this.database.change(`UPDATE ${this.#schema}_queue.job SET completed_on = completed_on - interval '1 year'
      WHERE state = 'completed'`);
  }

  /** Calls back after each whole list of running jobs that a bot was given. */
  onLook(listener: () => void): () => void {
    return this.useapi.onRequest(({ path, status }) => {
      if (path === '/v3/midjourney/jobs' && status === 200) listener();
    });
  }

  /** Resolves after so many lists more. */
  async looks(count: number): Promise<void> {
    let left = count;
    const stop = this.onLook(() => {
      left -= 1;
    });
    await this.until(`${count} looks at the API`, () => left <= 0);
    stop();
  }

  /** Resolves when it has come about; rejects, with what the bots said last, where it does not. */
  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + UNTIL_LIMIT_MS;
    while (!(await isSo())) {
      if (performance.now() > giveUpAt) throw await this.#toComplaint(what);
      await systemClock.sleep(LOOK_MS);
    }
  }

  /** What each bot said last, for a report. */
  lastWords(): string {
    return this.bots.map(({ log }) => log.slice(-25).join('\n')).join('\n──\n');
  }

  /** Types a command as the owner. @throws Error where it is not answered. */
  async owner(path: string, options: Readonly<Record<string, string | boolean>>): Promise<SeenInteraction> {
    const seen = await this.discord.people(ids.owner).command(ids.general, { path, options });
    if (seen.state !== 'answered') throw new Error(`/${path} was not answered: ${seen.failure}\n${this.lastWords()}`);
    return seen;
  }

  /** Whether a command is done, which it is not where nobody works or nobody hears of it. */
  async isServed(): Promise<boolean> {
    const { state, message } = await this.discord.people(ids.owner).command(ids.general, { path: 'jobs' });
    return state === 'answered' && !JSON.stringify(message).includes('restarting');
  }

  /** The process that holds the connection over which the commands come. */
  async holder(): Promise<FleetBot | undefined> {
    const [row] = await this.database.read(`SELECT lease.owner FROM ${this.#schema}.gateway_shards AS held
      JOIN ${this.#schema}.leases AS lease ON lease.name = held.owner
      WHERE held.shard = ${(BigInt(ids.guild) >> 22n) % BigInt(SHARDS)}`);
    return this.#find(row?.['owner']);
  }

  /** How many processes can work. */
  get workers(): number {
    return this.bots.filter(({ role }) => role !== 'shard').length;
  }

  /** The bot's messages in a channel, in their order. */
  posts(channelId: string): readonly APIMessage[] {
    const messages = this.discord.people(ids.owner).messages(channelId);
    return messages.filter(({ author }) => author.bot === true);
  }

  async close(): Promise<void> {
    for (const bot of this.bots) await bot.close();
    for (const relay of this.#relays) await relay.close();
    await this.discord.close();
    await this.useapi.close();
    await this.database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #schema(): string {
    return this.database.schema;
  }

  async #toComplaint(what: string): Promise<Error> {
    const database = await this.database.describe().catch(toErrorMessage);
    const bots = this.bots.map(({ name, isSettled }) => `${name} ${isSettled ? 'settled' : 'starting'}`);
    const parts = [`Waited in vain for ${what}.`, bots.join(', '), database, this.lastWords()];
    return new Error(parts.join('\n'));
  }
}

/** Whether only the one process at work may do it: looks at the API, paid calls, posts. */
function isWork(line: string): boolean {
  return line === LIST || /^POST .*\/(messages|jobs\/\w+)$/.test(line);
}
