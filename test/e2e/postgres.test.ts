import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { toBotEnvironment } from '../../sandbox/bot-environment.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../postgres.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { ids, textOf } from './start-world.ts';

/** A bot in a process of its own, and what it says. */
interface Bot {
  readonly child: ChildProcess;
  /** Whether it has said that it is ready. */
  isReady(): boolean;
  log(): string;
}

describe.skipIf(!hasPostgres)('the bot on PostgreSQL (skipped where there is no server)', () => {
  let folder: string;
  let place: PostgresPlace;
  let discord: DiscordStandIn;
  let useapi: UseapiStandIn;
  let bots: Bot[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bot-postgres-'));
    place = createPostgresPlace();
    discord = await startDiscordStandIn({ limits: 'off' });
    useapi = await startUseapiStandIn({ speed: 0, token: 'user:1-test' });
    bots = [];
  });
  afterEach(async () => {
    for (const bot of bots) await end(bot, 'SIGKILL');
    await discord.close();
    await useapi.close();
    await place.destroy();
    rmSync(folder, { recursive: true });
  });

  function startBot(env: Readonly<Record<string, string>> = {}): Bot {
    const cwd = join(folder, String(bots.length));
    mkdirSync(cwd);
    const base = toBotEnvironment({ discord, useapi }, 'unused');
    const all = { ...base, PATH: process.env['PATH'], POLL_INTERVAL_SECONDS: '1', LOG_LEVEL: 'info' };
    const child = spawn(process.execPath, ['--no-warnings', resolve('src/main.ts')], {
      cwd,
      env: { ...all, STORE_URL: place.url, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { output: '', log: '' };
    child.stdout.on('data', (chunk) => (said.output += String(chunk)));
    child.stderr.on('data', (chunk) => (said.log += String(chunk)));
    const bot = { child, isReady: () => said.output.includes('Ready'), log: () => said.log };
    bots.push(bot);
    return bot;
  }

  const whenReady = (bot: Bot) => expect.poll(() => bot.isReady(), { timeout: 60_000 }).toBe(true);
  const posts = () => discord.people(ids.member).messages(ids.showcase).map(textOf);
  const postsOf = (prompt: string) => posts().filter((text) => text.includes(prompt)).length;
  const addRule = () => {
    const options = { channel: ids.showcase };
    return discord.people(ids.owner).command(ids.general, { path: 'notify add', options });
  };
  /** Jobs that the bot has seen running. */
  const running = async (...prompts: readonly string[]) => {
    const jobids = prompts.map((prompt) => useapi.world.startJob({ prompt }));
    const before = useapi.requests.length;
    await expect.poll(() => useapi.requests.length).toBeGreaterThan(before + 6);
    return jobids;
  };

  it('posts each end once through a kill, and the one that stood by takes over', async () => {
    const first = startBot();
    await whenReady(first);
    await addRule();
    const [before = '', across = ''] = await running('a lighthouse before the kill', 'a lighthouse across the kill');
    useapi.world.advance(before, { to: 'completed' });
    await expect.poll(() => postsOf('before the kill')).toBe(1);
    const second = startBot();
    await expect.poll(() => second.log(), { timeout: 60_000 }).toContain('this one stands by');

    await end(first, 'SIGKILL');
    useapi.world.advance(across, { to: 'completed' });
    await whenReady(second);
    await expect.poll(() => postsOf('across the kill')).toBe(1);
    const [after = ''] = await running('a lighthouse after the kill');
    useapi.world.advance(after, { to: 'completed' });

    await expect.poll(() => postsOf('after the kill')).toBe(1);
    expect([postsOf('before the kill'), postsOf('across the kill')]).toEqual([1, 1]);
  });

  it('hands over within moments where it is stopped', async () => {
    const first = startBot();
    await whenReady(first);
    const second = startBot();
    await expect.poll(() => second.log(), { timeout: 60_000 }).toContain('this one stands by');

    await end(first, 'SIGTERM');

    await whenReady(second);
    expect(first.child.exitCode).toBe(0);
  });

  it('leaves nobody waiting where it is stopped before there is anyone who holds connections for it', async () => {
    const first = startBot({ BOT_ROLE: 'core' });
    await expect.poll(() => first.log(), { timeout: 60_000 }).toContain('This process is at work.');

    await end(first, 'SIGTERM');
    const second = startBot();

    await whenReady(second);
    expect([first.child.exitCode, second.log()]).toEqual([0, expect.not.stringContaining('stands by')]);
  });

  it.each(['core', 'shard'])('ends in time, with 0, where the database says nothing: %s', async (role) => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    onTestFinished(() => void mute.close());
    const connected = once(mute, 'connection');
    const { port } = mute.address() as AddressInfo;
    const bot = startBot({ BOT_ROLE: role, STORE_URL: `postgres://bot@127.0.0.1:${port}/bot` });
    await connected;

    const startedAt = performance.now();
    await end(bot, 'SIGTERM');

    expect([bot.child.exitCode, bot.log()]).toEqual([0, expect.not.stringContaining('cannot be used')]);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });

  it('ends with 0 where the database is gone before there is anyone who holds connections for it', async () => {
    const { hostname, port } = new URL(place.url);
    const proxy = await TcpProxy.start(hostname, Number(port || 5432));
    onTestFinished(() => proxy.close());
    const url = new URL(place.url);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const bot = startBot({ BOT_ROLE: 'core', STORE_URL: url.href });
    await expect.poll(() => bot.log(), { timeout: 60_000 }).toContain('This process is at work.');
    proxy.refuse();

    await end(bot, 'SIGTERM');

    expect(bot.child.exitCode).toBe(0);
  });

  it('says of the one that stands by that it lives, and is not ready', async () => {
    const health = { HEALTH_LISTEN: '127.0.0.1:0' };
    const first = startBot(health);
    await whenReady(first);
    const second = startBot(health);
    await expect.poll(() => second.log(), { timeout: 60_000 }).toContain('this one stands by');

    expect(await readHealth(second, '/livez')).toEqual([200, 'ok\n']);
    expect(await readHealth(second, '/readyz')).toEqual([503, 'standing by\n']);
    await expect.poll(() => readHealth(first, '/readyz')).toEqual([200, expect.any(String)]);
    await end(first, 'SIGTERM');
    await expect.poll(() => readHealth(second, '/readyz')).toEqual([200, expect.any(String)]);
  });

  it('says what is wrong with the database, without its password', async () => {
    const bot = startBot({ STORE_URL: 'postgres://bot:very-secret@127.0.0.1:1/bot' });
    await once(bot.child, 'close');

    expect(bot.child.exitCode).toBe(1);
    expect(bot.log()).toContain(
      'STORE_URL: the database bot at 127.0.0.1:1 cannot be used: the server cannot be reached.',
    );
    expect(bot.log()).not.toContain('very-secret');
  });
});

/** Where it is served stands in the log. */
async function readHealth(bot: Bot, path: string): Promise<readonly [status: number, body: string]> {
  const url = /"url":"(http:[^"]+)"/.exec(bot.log())?.[1] ?? 'http://there.is.none';
  const answer = await fetch(url + path);
  return [answer.status, await answer.text()];
}

async function end({ child }: Bot, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
