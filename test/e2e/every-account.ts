import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import type { Faults } from '../../sandbox/midjourney/faults.ts';
import type { RequestRecord } from '../../sandbox/midjourney/request-log.ts';
import type { JobChange, SandboxJob } from '../../sandbox/midjourney/sandbox-job.ts';
import { startMjStandIn } from '../../sandbox/mj/mj-stand-in.ts';
import type { MjFlavour } from '../../sandbox/mj/mj-switches.ts';
import { startUseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { MAIN } from './bot-process.ts';

/** An account of the bot and the stand-in behind it. */
export interface Site {
  /** Of the account. */
  readonly id: string;
  /** As the accounts file spells it, but for its id. */
  readonly account: object;
  readonly secret: string;
  /** Never to be shown. */
  readonly host: string;
  readonly faults: Faults;
  readonly requests: readonly RequestRecord[];
  /** A regular expression over the paths of calls that press a button, but for their second step. */
  readonly pressPath: string;
  readonly isMj: boolean;
  /** Whether a lost answer can be found again: by our reference, or in its parent's children. */
  readonly findsLostAnswers: boolean;
  /** Whether presses may take two steps. */
  readonly hasSecondStep: boolean;
  startJob(prompt: string): string;
  advance(jobid: string, change: JobChange): void;
  jobs(): readonly SandboxJob[];
  /** Lets every press ask for a second step, or none that needs no more than a click. */
  askTwice(isAsked: boolean): void;
  close(): Promise<void>;
}

/** One account of each kind and flavour, and the bot in a process of its own that uses them all. */
export class EveryAccount {
  readonly discord: DiscordStandIn;
  readonly sites: readonly Site[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'every-account-'));
  #bot: ChildProcess | undefined;

  private constructor(discord: DiscordStandIn, sites: readonly Site[]) {
    this.discord = discord;
    this.sites = sites;
  }

  static async start(): Promise<EveryAccount> {
    const discord = await startDiscordStandIn({ limits: 'off', patienceMs: 30_000 });
    const flavours: readonly MjFlavour[] = ['trueai', 'novicezk', 'new-api'];
    const sites = [...flavours.map(startMjSite), startUseapiSite('v3'), startUseapiSite('v2')];
    return new EveryAccount(discord, await Promise.all(sites));
  }

  get storePath(): string {
    return join(this.#folder, 'bot.sqlite');
  }

  /** Begins a life of the bot; resolves once it is ready. */
  async startBot(): Promise<void> {
    const accounts = join(this.#folder, 'accounts.json');
    writeFileSync(
      accounts,
      JSON.stringify(this.sites.map(({ id, account }, at) => ({ id, secretEnv: toEnv(at), ...account }))),
    );
    const env = {
      PATH: process.env['PATH'],
      DISCORD_TOKEN: this.discord.token,
      DISCORD_API_URL: this.discord.apiUrl,
      DISCORD_GUILD_IDS: this.discord.guildIds.join(','),
      ACCOUNTS_FILE: accounts,
      ...Object.fromEntries(this.sites.map(({ secret }, at) => [toEnv(at), secret])),
      MEDIA_HOSTS: [this.discord.cdnHost, ...this.sites.map(({ host }) => host)].join(','),
      STORE_URL: `sqlite:${this.storePath}`,
      POLL_INTERVAL_SECONDS: '1',
      LOG_LEVEL: 'silent',
    };
    this.#bot = spawn(process.execPath, [MAIN], { cwd: this.#folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    if (this.#bot.stdout !== null) await once(this.#bot.stdout, 'data');
  }

  /** Ends the life of the bot as nothing else does. */
  async kill(): Promise<void> {
    const bot = this.#bot;
    if (bot === undefined || bot.exitCode !== null || bot.signalCode !== null) return;
    const isGone = once(bot, 'exit');
    bot.kill('SIGKILL');
    await isGone;
  }

  async close(): Promise<void> {
    await this.kill();
    await this.discord.close();
    for (const site of this.sites) await site.close();
    rmSync(this.#folder, { recursive: true });
  }
}

function toEnv(at: number): string {
  return `SECRET_${at}`;
}

async function startMjSite(flavour: MjFlavour): Promise<Site> {
  const secret = `secret-of-${flavour}`;
  const standIn = await startMjStandIn({ speed: 0, secret, switches: { flavour } });
  const auth = flavour === 'new-api' ? 'bearer' : 'mj-api-secret';
  const { url, faults, requests, world } = standIn;
  return {
    id: flavour,
    account: { backend: 'mj', url, auth },
    secret,
    host: new URL(url).host,
    faults,
    requests,
    pressPath: 'submit/(?:action|change)$',
    isMj: true,
    findsLostAnswers: flavour !== 'new-api',
    hasSecondStep: flavour !== 'novicezk',
    startJob: (prompt) => standIn.startTask({ prompt }),
    advance: (jobid, change) => world.advance(jobid, change),
    jobs: () => world.list(),
    askTwice: (isAsked) => world.setSwitches({ secondStep: isAsked ? 'all' : 'needy' }),
    close: () => standIn.close(),
  };
}

async function startUseapiSite(version: 'v2' | 'v3'): Promise<Site> {
  const token = `user:1-secret-of-${version}`;
  const standIn = await startUseapiStandIn({ speed: 0, token, maxJobs: 20 });
  const { url, faults, requests, world } = standIn;
  return {
    id: version,
    account: { backend: 'useapi', url, versions: [version] },
    secret: token,
    host: standIn.mediaHost,
    faults,
    requests,
    pressPath: 'jobs/button$',
    isMj: false,
    findsLostAnswers: true,
    hasSecondStep: false,
    startJob: (prompt) => world.startJob({ version, prompt }),
    advance: (jobid, change) => world.advance(jobid, change),
    jobs: () => world.list(),
    askTwice: () => undefined,
    close: () => standIn.close(),
  };
}
