import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWN_ACCOUNT_SECRET } from '../../sandbox/account-to-bring.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds } from '../../sandbox/discord/world/world-plan.ts';
import { type ShownPage, showPage } from '../../sandbox/sandbox.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { type App, startApp } from '../../src/app/app.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { toSecretKey } from '../../src/shared/secret-box.ts';
import { PATIENT } from './page-bot.ts';

export const ids = sandboxIds;

/** The real bot between both stand-ins, with the page over them. */
export interface PageRig {
  readonly url: string;
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  /** Whose account a server can bring. */
  readonly own: UseapiStandIn;
  readonly shown: ShownPage;
  /** The page's address as a member, in a channel. */
  at(userId: string, channelId?: string): string;
  /** A job that has ended well, with a grid and its buttons. */
  finishedGrid(prompt: string): string;
  /** Lets the bot look at the API; what was there before, it has seen then. */
  look(): Promise<void>;
  /** A job that runs, and that the bot has seen running. */
  runningJob(prompt: string): Promise<string>;
  /** Every job that runs ends well, and the bot sees it. */
  endAll(): Promise<void>;
  /** Resolves when the bot has answered in whole all that it was asked. */
  answered(): Promise<void>;
  close(): Promise<void>;
}

export interface PageRigOptions {
  /** Speed of jobs; default 0: nothing moves unless asked. */
  readonly speed?: number;
  readonly pollIntervalMs?: number;
  /** Whether the channels get a history and jobs begin by themselves, as with `npm start`; default false. */
  readonly isAlive?: boolean;
  /** Whether the vendor's published records, which are old, are among the jobs; default: where nothing is alive. */
  readonly publishedRecords?: boolean;
  /** Done to the world before the bot starts. */
  readonly prepare?: (discord: DiscordStandIn) => void;
}

export async function startPageRig(options: PageRigOptions = {}): Promise<PageRig> {
  const { speed = 0, pollIntervalMs = 1000, isAlive = false, publishedRecords = !isAlive } = options;
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  const useapi = await startUseapiStandIn({ speed, seedJobs: true, publishedRecords });
  const own = await startUseapiStandIn({ speed, token: OWN_ACCOUNT_SECRET });
  const keys = [toSecretKey('sandbox', randomBytes(32))];
  const discord = await startDiscordStandIn({ limits: 'off', ...PATIENT });
  const whenAnswered = watchAnswers(discord);
  options.prepare?.(discord);
  const shown = await showPage(discord, useapi, 0, { isAlive });
  let app: App | undefined;
  const start = async () => {
    app = await startApp({
      config: {
        discord: { token: discord.token, apiUrl: discord.apiUrl, guildIds: discord.guildIds },
        useapi: { token: useapi.token, url: useapi.url },
        useapiVersions: ['v3', 'v2'],
        store: { kind: 'sqlite', path: join(folder, 'bot.sqlite') },
        pollIntervalMs,
        guildReadsPerMinute: 10_000,
        ownAccounts: { keys, allowsPrivate: true, useapiUrl: own.url },
        mediaHosts: [useapi.mediaHost, own.mediaHost],
        logLevel: 'silent',
        sandboxPort: 0,
      },
      logger: silentLogger,
      onFatal: (reason) => {
        throw new Error(reason);
      },
    });
    return app;
  };
  const bot = await shown.runBot(start);
  const { url } = shown.page;
  const look = async () => {
    // The first look may share a list that was asked for before.
    await bot.poll?.();
    await bot.poll?.();
  };
  return {
    url,
    discord,
    useapi,
    own,
    shown,
    at: (userId, channelId = ids.general) => `${url}/#${userId}/${channelId}`,
    finishedGrid: (prompt) => finishGrid(useapi, prompt),
    look,
    async runningJob(prompt) {
      const jobid = useapi.world.startJob({ prompt });
      await look();
      return jobid;
    },
    async endAll() {
      endRunning(useapi);
      await look();
    },
    async answered() {
      await whenAnswered();
      await app?.whenAnswered();
    },
    async close() {
      await bot.stop();
      await shown.close();
      await discord.close();
      await own.close();
      await useapi.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What it returns resolves when each interaction from now on has got the answer that it waits for, or has failed. */
function watchAnswers({ world }: DiscordStandIn): () => Promise<void> {
  const open = new Set<unknown>();
  let none = Promise.withResolvers<void>();
  none.resolve();
  world.subscribe((change) => {
    if (change.kind === 'interaction-sent') {
      if (open.size === 0) none = Promise.withResolvers();
      open.add(change.record);
    }
    if (change.kind !== 'interaction-updated' || !change.record.isSettled) return;
    open.delete(change.record);
    if (open.size === 0) none.resolve();
  });
  return () => none.promise;
}

function finishGrid(useapi: UseapiStandIn, prompt: string): string {
  const jobid = useapi.world.startJob({ prompt, jobType: 'image' });
  useapi.world.advance(jobid, { to: 'completed' });
  return jobid;
}

function endRunning({ world }: UseapiStandIn): void {
  for (const { jobid, status } of world.list()) {
    if (status === 'created' || status === 'started' || status === 'progress')
      world.advance(jobid, { to: 'completed' });
  }
}
