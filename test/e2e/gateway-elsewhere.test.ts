import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { toLargePlan, toLargeServer } from '../../sandbox/discord/world/large-plan.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { type App, startApp } from '../../src/app/app.ts';
import { startShardApp } from '../../src/app/shard-app.ts';
import { createLogger, type Logger, silentLogger } from '../../src/shared/logger.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../postgres.ts';
import { answerTo, ids, textOf } from './start-world.ts';

/** One after the other, so that they are on different shards of two. */
const servers = [toLargeServer(0), toLargeServer(1)] as const;
const [one, other] = servers;
type Server = typeof one;

describe.skipIf(!hasPostgres)('connections that other processes hold (skipped where there is no PostgreSQL)', () => {
  let place: PostgresPlace;
  let discord: DiscordStandIn;
  let useapi: UseapiStandIn;
  let running: Set<Pick<App, 'stop'>>;
  const logger: Logger = process.env['DBG'] ? createLogger('debug') : silentLogger;

  beforeEach(async () => {
    place = createPostgresPlace();
    discord = await startDiscordStandIn({ limits: 'off', patienceMs: 30_000, world: toLargePlan(2) });
    useapi = await startUseapiStandIn({ speed: 0, token: 'user:1-test' });
    running = new Set();
  });
  afterEach(async () => {
    for (const app of [...running].reverse()) await app.stop();
    await discord.close();
    await useapi.close();
    await place.destroy();
  });

  const fail = (reason: string) => {
    throw new Error(reason);
  };

  async function startCore(): Promise<App> {
    const app = await startApp({
      config: {
        role: 'core',
        discord: { token: discord.token, apiUrl: discord.apiUrl, guildIds: 'all', shards: 2 },
        useapi: { token: useapi.token, url: useapi.url },
        useapiVersions: ['v3', 'v2'],
        store: { kind: 'postgres', url: place.url },
        pollIntervalMs: 3_600_000,
        guildReadsPerMinute: 10_000,
        mediaHosts: [useapi.mediaHost, discord.cdnHost],
        logLevel: 'silent',
        sandboxPort: 0,
      },
      logger,
      onFatal: fail,
    });
    running.add(app);
    return app;
  }

  async function startShards(): Promise<Pick<App, 'stop'>> {
    const app = await startShardApp({
      config: {
        discord: { token: discord.token, apiUrl: discord.apiUrl },
        store: { kind: 'postgres', url: place.url },
      },
      logger,
      onFatal: fail,
      onLeaseLost: fail,
    });
    running.add(app);
    return app;
  }

  async function stop(app: Pick<App, 'stop'>): Promise<void> {
    running.delete(app);
    await app.stop();
  }

  const command = ({ generalId }: Server, path: string, options = {}) =>
    discord.people(ids.outsider).command(generalId, { path, options });
  const postsOf = (channelId: string, prompt: string) =>
    discord
      .people(ids.outsider)
      .messages(channelId)
      .map(textOf)
      .filter((text) => text.includes(prompt)).length;
  const ask = async (server: Server) => textOf(answerTo(await command(server, 'jobs')));

  it('serve both servers, whichever process starts first', async () => {
    const core = startCore();
    await startShards();
    await core;

    for (const answer of await Promise.all(servers.map(ask))) expect(answer).toContain('Nothing is running');
    expect(discord.logins()).toBe(2);
  });

  it('stay when the process that works changes, which knows what has changed since they logged in', async () => {
    discord.world.removeMember(other.guildId, discord.applicationId);
    await startShards();
    const first = await startCore();
    discord.world.addMember(other.guildId, discord.applicationId, [other.botRoleId]);
    await expect.poll(() => ask(other)).toContain('Nothing is running');
    for (const server of servers) await command(server, 'notify add', { channel: server.generalId });
    await stop(first);
    const second = await startCore();

    const jobid = useapi.world.startJob({ version: 'v3', prompt: 'a bridge at dawn' });
    await second.poll();
    useapi.world.advance(jobid, { to: 'completed' });
    await second.poll();
    await second.whenIdle();

    expect(servers.map(({ generalId }) => postsOf(generalId, 'a bridge at dawn'))).toEqual([1, 1]);
    expect(discord.logins()).toBe(2);
  });

  it('are shared out among processes, and resumed by who takes them over', async () => {
    const first = await startShards();
    await startCore();
    await startShards();
    await expect.poll(() => discord.resumes()).toBe(1);

    await stop(first);

    await expect.poll(() => discord.resumes()).toBe(2);
    for (const answer of await Promise.all(servers.map(ask))) expect(answer).toContain('Nothing is running');
    expect(discord.logins()).toBe(2);
  });

  it('tell people to try again while no process works', async () => {
    await startShards();
    await stop(await startCore());

    expect(await ask(one)).toContain('I’m restarting, so nothing was done.');
  });
});
