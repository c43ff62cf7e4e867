import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type App, startApp } from './app/app.ts';
import type { AppConfig } from './app/app-config.ts';
import { type Config, ConfigError, loadConfig, readEnvironment } from './config.ts';
import { AppError, toErrorMessage } from './shared/errors.ts';
import { createLogger, type Logger } from './shared/logger.ts';
import { toDamage, toUnusableReason } from './shared/sqlite-errors.ts';
import { StoreFileError } from './shared/sqlite-file.ts';

const STOP_LIMIT_MS = 15_000;
/** Within this time a signal counts as the same: npm hands on what the whole group got. */
const SAME_SIGNAL_MS = 500;
const FEWEST_FILES = 128;

async function main(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const logger = createLogger(config.logLevel);
  const running: Running = {};
  stopOnSignal(running, logger);
  warnOfFewFiles(logger);
  const sandbox = await startSandboxFor(config, logger);
  running.sandbox = sandbox;
  const start = () =>
    startApp({ config: toAppConfig(config, sandbox), logger, onFatal: dieOf }).catch((thrown: unknown) => {
      throw explainStore(thrown, config.storePath);
    });
  running.bot = await (sandbox?.runBot(start) ?? start());
  say(toStartLines(config, sandbox).join('\n'));
}

/** Names the variable and the file where the store is why the bot cannot start, and what to do. */
function explainStore(thrown: unknown, path: string): unknown {
  const problem = toFileProblem(thrown) ?? toPlaceProblem(thrown, path);
  if (problem === undefined) return thrown;
  const message = `STORE_URL: ${path} cannot be used: ${problem.reason}. ${problem.todo}`;
  return new AppError('store-unusable', message, { cause: thrown });
}

interface StoreProblem {
  readonly reason: string;
  readonly todo: string;
}

/** What is in the file. */
function toFileProblem(thrown: unknown): StoreProblem | undefined {
  if (thrown instanceof StoreFileError) {
    const todo =
      thrown.code === 'store-newer'
        ? 'Start that version again, or restore a backup that this version made, or set another path.'
        : 'Set another path; nothing in it was changed.';
    return { reason: thrown.message, todo };
  }
  const reason = toDamage(thrown);
  if (reason === undefined) return undefined;
  return {
    reason,
    todo: 'Restore a backup in its place, or move it away to begin with an empty store, or set another path.',
  };
}

/** Where the file is. */
function toPlaceProblem(thrown: unknown, path: string): StoreProblem | undefined {
  const reason = toUnusableReason(thrown) ?? toFolderReason(thrown, dirname(resolve(path)));
  if (reason === undefined) return undefined;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    return { reason: 'it is a folder', todo: 'Name a file in it, such as `bot.sqlite`.' };
  return { reason, todo: 'Set another path, or put right the file, its folder and their rights.' };
}

function toFolderReason(thrown: unknown, folder: string): string | undefined {
  if (!(thrown instanceof Error && 'path' in thrown && 'syscall' in thrown && thrown.syscall === 'mkdir'))
    return undefined;
  const isAbove = `${folder}/`.startsWith(`${resolve(String(thrown.path))}/`);
  return isAbove ? 'its folder cannot be made' : undefined;
}

/** What is to be stopped; filled while the process starts. */
interface Running {
  sandbox?: Sandbox | undefined;
  bot?: Pick<App, 'stop'>;
}

/** The sandbox is read from disk only where it is needed. */
async function startSandboxFor(config: Config, logger: Logger): Promise<Sandbox | undefined> {
  if (config.discord !== 'sandbox' && config.useapi !== 'sandbox') return undefined;
  const { startSandbox } = await import('../sandbox/sandbox.ts');
  return startSandbox({
    hasDiscord: config.discord === 'sandbox',
    hasUseapi: config.useapi === 'sandbox',
    port: config.sandboxPort,
    logger,
  });
}

function toAppConfig(config: Config, { discord, useapi }: Partial<Sandbox> = {}): AppConfig {
  if (config.discord !== 'sandbox' && config.useapi !== 'sandbox') {
    return { ...config, discord: config.discord, useapi: config.useapi };
  }
  return {
    ...config,
    discord: config.discord === 'sandbox' ? requireStarted(discord) : config.discord,
    useapi: config.useapi === 'sandbox' ? requireStarted(useapi) : config.useapi,
    mediaHosts: [...config.mediaHosts, ...(useapi ? [useapi.mediaHost] : []), ...(discord ? [discord.cdnHost] : [])],
  };
}

function requireStarted<T>(standIn: T | undefined): T {
  if (standIn === undefined) throw new AppError('sandbox-missing', 'A stand-in that is needed was not started.');
  return standIn;
}

/** One line that says what runs, and one more where the page's port was taken. */
function toStartLines(config: Config, { discord, useapi, page }: Partial<Sandbox> = {}): string[] {
  const standIns = [discord && 'Discord', useapi && 'the useapi.net API'].filter(Boolean);
  if (page === undefined) return [`Ready. Stand-ins: ${standIns.join(', ') || 'none'}.`];
  const moved = page.moved ? [`Port ${config.sandboxPort} is taken; the page is on port ${page.port}.`] : [];
  const truth = useapi === undefined ? 'the API is real' : 'nothing leaves this machine';
  return [...moved, `Ready: open ${page.url} and type /jobs. Stand-ins: ${standIns.join(' and ')}; ${truth}.`];
}

/** Discord no longer knows the bot: whoever runs it has to act, and a supervisor's restart says it again. */
function dieOf(reason: string): void {
  process.stderr.write(`Discord refuses the bot: ${reason}. Check DISCORD_TOKEN.\n`);
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
    logger.info({ signal }, 'Stopping.');
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    await running.bot?.stop();
    await running.sandbox?.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
}

/** Says so where the system lets this process open so few files that connections will fail. */
function warnOfFewFiles(logger: Logger): void {
  const most = readFileLimit();
  if (most === undefined || most >= FEWEST_FILES) return;
  logger.warn({ most }, 'Few files may be open at once, so that requests may fail; raise the limit (ulimit -n 1024).');
}

/** Linux alone tells it. */
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
