import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { moveStore } from './app/store-move.ts';
import { explainStore } from './app/store-problem.ts';
import { type StoreConfig, toStoreConfig } from './host-config.ts';
import { systemClock } from './shared/clock.ts';
import { AppError, toErrorMessage } from './shared/errors.ts';
import { createLogger } from './shared/logger.ts';
import { PostgresHandle } from './shared/postgres-handle.ts';
import { isLocked } from './shared/sqlite-errors.ts';
import { claimStoreFile } from './shared/sqlite-file.ts';

const USAGE =
  'Use: npm run move-store -- --from sqlite:data/bot.sqlite --to postgres://user:password@host:port/database';

/** `npm run move-store`: with the bot stopped, from a SQLite file into an empty PostgreSQL database. */
async function main(): Promise<void> {
  const { from, to } = readArguments();
  const file = openAlone(from.path);
  const tools = { clock: systemClock, logger: createLogger('warn') };
  const database = new PostgresHandle({ url: to.url, ...tools });
  try {
    const { documents, entries } = await moveStore({ file, database, ...tools }).catch((thrown: unknown) => {
      throw explainStore(thrown, to, '--to');
    });
    say(`Moved ${documents} documents and ${entries} entries of the queue. ${from.path} was left as it is.`);
    say('Start the bot with STORE_URL set to the new address.');
  } finally {
    await database.close();
    file.close();
  }
}

type Of<Kind extends StoreConfig['kind']> = Extract<StoreConfig, { kind: Kind }>;

function readArguments(): { readonly from: Of<'sqlite'>; readonly to: Of<'postgres'> } {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } });
  const [from, to] = [values.from, values.to].map((url) => (url === undefined ? undefined : toStoreConfig(url)));
  if (from?.kind !== 'sqlite' || to?.kind !== 'postgres') throw new AppError('move-usage', USAGE);
  if (!existsSync(from.path)) throw new AppError('move-source', `There is no file ${from.path}.`);
  return { from, to };
}

/** Opens a store file that no other process has open. */
function openAlone(path: string): DatabaseSync {
  const file = new DatabaseSync(path);
  try {
    file.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE');
    claimStoreFile(file);
    file.exec('BEGIN EXCLUSIVE; COMMIT');
    return file;
  } catch (thrown) {
    file.close();
    const isInUse = isLocked(thrown);
    const message = isInUse ? 'it is in use. Stop the bot first' : toErrorMessage(thrown);
    throw new AppError('move-source', `${path} cannot be read: ${message}.`, { cause: thrown });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(
    `${thrown instanceof AppError ? thrown.message : `The move failed: ${toErrorMessage(thrown)}`}\n`,
  );
  process.exitCode = 1;
});
