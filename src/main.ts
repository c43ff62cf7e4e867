import { readFileSync } from 'node:fs';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { App } from './app/app.ts';
import type { AppConfig } from './app/app-config.ts';
import { explainStore } from './app/store-problem.ts';
import { type Config, ConfigError, loadConfig, type MjConfig, readEnvironment } from './config.ts';
import { compact } from './shared/compact.ts';
import { isDoneWithin } from './shared/done-within.ts';
import { AppError, toErrorMessage } from './shared/errors.ts';
import { createLogger, type Logger } from './shared/logger.ts';
import { parseSecretKeys } from './shared/secret-box.ts';

const STOP_LIMIT_MS = 15_000;
/** How long a signal that comes during the start waits for its end. */
const START_LIMIT_MS = 3_000;
/** How long it then waits for what it gives back. */
const ABANDON_LIMIT_MS = 5_000;
/** Within this time a signal counts as the same: npm hands on what the whole group got. */
const SAME_SIGNAL_MS = 500;
const FEWEST_FILES = 128;

async function main(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const logger = createLogger(config.logLevel);
  const running: Running = { isStopping: false, abandon: new AbortController() };
  stopOnSignal(running, logger);
  warnOfFewFiles(logger);
  if (config.role === 'shard') return runShards(config, running, logger);
  const sandbox = await startSandboxFor(config, logger);
  running.sandbox = sandbox;
  const { startApp } = await import('./app/app.ts');
  const start = () =>
    startApp({
      config: toAppConfig(config, sandbox),
      logger,
      abandoned: running.abandon.signal,
      onFatal: dieOf,
      onLeaseLost: yieldTo,
    }).catch((thrown: unknown) => {
      throw explainStore(thrown, config.store);
    });
  running.bot = sandbox?.runBot(start) ?? start();
  if (await isUp(running)) say(toStartLines(config, sandbox).join('\n'));
}

/** Of the bot nothing is read from disk but what holds connections. */
async function runShards(config: Config, running: Running, logger: Logger): Promise<void> {
  const { startShardApp } = await import('./app/shard-app.ts');
  const { discord, store } = config;
  if (discord === 'sandbox' || store.kind !== 'postgres') throw new ConfigError(['BOT_ROLE: expected `all`']);
  running.bot = startShardApp({
    config: { ...config, discord, store },
    logger,
    abandoned: running.abandon.signal,
    onFatal: dieOf,
    onLeaseLost: yieldTo,
  }).catch((thrown: unknown) => {
    throw explainStore(thrown, store);
  });
  if (!(await isUp(running))) return;
  say('Ready. This process holds connections to Discord’s gateway; one with BOT_ROLE=core does the rest.');
}

/** What is to be stopped; filled while the process starts. */
interface Running {
  isStopping: boolean;
  /** For a start that takes too long. */
  readonly abandon: AbortController;
  sandbox?: Sandbox | undefined;
  /** May be starting still, and then has taken commands already. */
  bot?: Promise<Pick<App, 'stop'>>;
}

/** What fails while it is being stopped is of no interest: whoever stops it ends the process too. */
async function isUp(running: Running): Promise<boolean> {
  try {
    await running.bot;
    return true;
  } catch (thrown) {
    if (running.isStopping) return false;
    throw thrown;
  }
}

/** The sandbox is read from disk only where it is needed. */
async function startSandboxFor(config: Config, logger: Logger): Promise<Sandbox | undefined> {
  const { sandboxServices: services } = config;
  const isWanted = [config.discord, config.useapi, config.mj].includes('sandbox') || services.length > 0;
  if (!isWanted) return undefined;
  const { startSandbox } = await import('../sandbox/sandbox.ts');
  return startSandbox({
    hasDiscord: config.discord === 'sandbox',
    hasUseapi: config.useapi === 'sandbox',
    hasMj: config.mj === 'sandbox',
    services,
    keyFile: config.store.kind === 'sqlite' ? `${config.store.path}.key` : 'data/sandbox.key',
    port: config.sandboxPort,
    logger,
  });
}

function toAppConfig(config: Config, sandbox: Partial<Sandbox> = {}): AppConfig {
  const { discord, useapi, mj, siblings = [], ownApi } = sandbox;
  const {
    discord: _,
    useapi: __,
    mj: ___,
    sandboxServices: ____,
    callbacks = toSandboxCallbacks(config),
    ...rest
  } = config;
  const useapiConfig = config.useapi === 'sandbox' ? requireStarted(useapi) : config.useapi;
  const mjConfig = config.mj === 'sandbox' ? toMjConfig(requireStarted(mj)) : config.mj;
  return {
    ...rest,
    discord: config.discord === 'sandbox' ? requireStarted(discord) : config.discord,
    ...compact({ useapi: useapiConfig, mj: mjConfig, callbacks }),
    accounts: [...config.accounts, ...siblings.map(toAccountConfig)],
    ownAccounts: toOwnAccountsConfig(config.ownAccounts, sandbox),
    mediaHosts: [
      ...config.mediaHosts,
      ...[useapi?.mediaHost, ownApi?.mediaHost, discord?.cdnHost].filter((host) => host !== undefined),
    ],
  };
}

/** Stand-ins alone can call back on a port of this machine. */
function toSandboxCallbacks({ useapi, mj, accounts }: Config): Config['callbacks'] {
  const isReal = [useapi, mj].some((backend) => backend !== undefined && backend !== 'sandbox') || accounts.length > 0;
  return isReal ? undefined : { listen: { host: '127.0.0.1', port: 0 } };
}

/** Where Discord is a stand-in, a server can bring the account of a stand-in, so that it can be tried out at once. */
function toOwnAccountsConfig(own: Config['ownAccounts'], { ownApi, secretsKey = '' }: Partial<Sandbox>) {
  if (ownApi === undefined) return own;
  const keys = own.keys.length > 0 ? own.keys : (parseSecretKeys(secretsKey) ?? []);
  return { keys, allowsPrivate: true, useapiUrl: ownApi.url };
}

function toMjConfig({ url, secret }: NonNullable<Sandbox['mj']>): MjConfig {
  return { url, secret, auth: 'mj-api-secret', mediaHosts: [] };
}

function toAccountConfig({
  service,
  url,
  token,
  model,
}: NonNullable<Sandbox['siblings']>[number]): Config['accounts'][number] {
  return { id: service, backend: service, url, secret: token, model };
}

function requireStarted<T>(standIn: T | undefined): T {
  if (standIn === undefined) throw new AppError('sandbox-missing', 'A stand-in that is needed was not started.');
  return standIn;
}

/** One line that says what runs, and one more where the page's port was taken. */
function toStartLines(config: Config, { discord, useapi, mj, siblings = [], page }: Partial<Sandbox> = {}): string[] {
  const servers = [useapi && 'the useapi.net API', mj && 'a Midjourney proxy', ...siblings.map(({ title }) => title)];
  const standIns = [discord && 'Discord', ...servers].filter(Boolean);
  if (page === undefined) return [`Ready. Stand-ins: ${standIns.join(', ') || 'none'}.`];
  const moved = page.moved ? [`Port ${config.sandboxPort} is taken; the page is on port ${page.port}.`] : [];
  const truth = servers.some(Boolean) ? 'nothing leaves this machine' : 'the API is real';
  return [...moved, `Ready: open ${page.url} and type /jobs. Stand-ins: ${toList(standIns.map(String))}; ${truth}.`];
}

function toList(words: readonly string[]): string {
  return new Intl.ListFormat('en').format(words);
}

/** Discord no longer knows the bot: whoever runs it has to act, and a supervisor's restart says it again. */
function dieOf(reason: string): void {
  process.stderr.write(`Discord refuses the bot: ${reason}. Check DISCORD_TOKEN.\n`);
  process.exit(1);
}

/** Not a clean stop: another process may be at work already. A supervisor starts this one again, and it stands by. */
function yieldTo(reason: string): void {
  process.stderr.write(`Another process may be at work: ${reason}. This one ends.\n`);
  process.exit(1);
}

function stopOnSignal(running: Running, logger: Logger): void {
  let stoppingSince: number | undefined;
  const stop = async (signal: string): Promise<void> => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    running.isStopping = true;
    logger.info({ signal }, 'Stopping.');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    await stopBot(running);
    await running.sandbox?.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
}

/** One that does not come up in time gives back what it holds, for others to take, as far as that goes in time. */
async function stopBot({ bot: starting, abandon }: Running): Promise<void> {
  const bot = starting?.catch(() => undefined);
  if (bot === undefined) return;
  if (!(await isDoneWithin(bot, START_LIMIT_MS))) {
    abandon.abort(new AppError('start-abandoned', 'The start was abandoned.'));
    if (!(await isDoneWithin(bot, ABANDON_LIMIT_MS))) return;
  }
  await (await bot)?.stop();
}

/** Says so where the system lets this process open so few files that connections will fail. */
function warnOfFewFiles(logger: Logger): void {
  const most = readFileLimit();
  if (most === undefined || most >= FEWEST_FILES) return;
  logger.warn({ most }, 'Few files may be open at once, so that requests may fail; raise the limit (ulimit -n 1024).');
}

/** Linux alone knows it. */
function readFileLimit(): number | undefined {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((thrown: unknown) => {
  const isConfig = thrown instanceof ConfigError;
  const lines = isConfig
    ? thrown.problems
    : [thrown instanceof AppError ? thrown.message : `Start failed: ${toErrorMessage(thrown)}`];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
});
