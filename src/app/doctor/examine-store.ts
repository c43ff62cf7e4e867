import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Examination } from '../../doctor/examine.ts';
import { type Finding, ok, type Topic, wrong } from '../../doctor/finding.ts';
import { checkDatabase, checkFile, checkQueue, type FileFacts, type QueueFacts } from '../../doctor/store-checks.ts';
import { doctorNames, queueWords } from '../../doctor/words.ts';
import type { StoreConfig } from '../../host-config.ts';
import { readBossFacts } from '../../queue/pgboss/boss-facts.ts';
import { readFileQueue } from '../../queue/sqlite/file-queue-facts.ts';
import { systemClock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { AppError } from '../../shared/errors.ts';
import { readStoreSchema, withStoreFile } from '../../shared/sqlite-file.ts';
import { readDatabaseFacts } from '../../storage/postgres/database-facts.ts';
import { explainStore } from '../store-problem.ts';
import { withDatabase } from './with-database.ts';

/** A copy that somebody made as the documents say. */
const BACKUP = /^backup.*\.sqlite$/;

/** The store and the queue in it, read while a bot may be at work on them; nothing is written, made or locked. */
export function examineStore(store: StoreConfig): Examination[] {
  const look =
    store.kind === 'sqlite'
      ? { store: async () => lookAtFile(store.path), queue: async () => lookAtFileQueue(store.path) }
      : {
          store: () => withDatabase(store.url, async (database) => checkDatabase(await readDatabaseFacts(database))),
          queue: () => withDatabase(store.url, async (database) => toQueueFindings(await readBossFacts(database))),
        };
  const examineOne = (topic: Topic, what: string, run: () => Promise<readonly Finding[]>): Examination => ({
    topic,
    what,
    run: () => run().catch((thrown: unknown) => toProblem(thrown, store, topic)),
  });
  return [examineOne('store', doctorNames.store, look.store), examineOne('queue', doctorNames.queue, look.queue)];
}

/** The queue lies in the store, which says what is wrong. */
function toProblem(thrown: unknown, store: StoreConfig, topic: Topic): readonly Finding[] {
  const explained = explainStore(thrown, store);
  if (!(explained instanceof AppError)) throw explained;
  return topic === 'queue' ? [] : [wrong(explained.message)];
}

function lookAtFile(path: string): readonly Finding[] {
  const schema = existsSync(path) ? withStoreFile(path, readStoreSchema) : undefined;
  return checkFile({ ...readPlace(path), ...compact({ schema }) });
}

function lookAtFileQueue(path: string): readonly Finding[] {
  if (!existsSync(path)) return toQueueFindings(undefined);
  return toQueueFindings(withStoreFile(path, (file) => readFileQueue(file, systemClock.now())));
}

function toQueueFindings(facts: QueueFacts | undefined): readonly Finding[] {
  return facts === undefined ? [ok(queueWords.notYet)] : checkQueue(facts);
}

function readPlace(path: string): FileFacts {
  const folder = toExistingFolder(dirname(resolve(path)));
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  const { bavail, bsize } = statfsSync(folder);
  const backupAgeMs = readBackupAge([...new Set([folder, process.cwd()])]);
  return {
    path,
    isFolderWritable: isWritable(folder),
    isFileWritable: bytes === undefined || isWritable(path),
    freeBytes: bavail * bsize,
    ...compact({ bytes, backupAgeMs }),
  };
}

/** The one in which the first start makes the others. */
function toExistingFolder(folder: string): string {
  return existsSync(folder) ? folder : toExistingFolder(dirname(folder));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readBackupAge(folders: readonly string[]): number | undefined {
  const times = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => BACKUP.test(name))
      .map((name) => statSync(resolve(folder, name)).mtimeMs),
  );
  return times.length === 0 ? undefined : Math.max(0, systemClock.now() - Math.max(...times));
}
