import { type Audience, type Finding, ok, warning, wrong } from './finding.ts';
import { queueWords, storeWords } from './words.ts';

/** What the running bot knows of its store. */
export interface RunningStore {
  /** The code of what went wrong with a write just now; none: it was written. */
  readonly problem?: string;
  /** The last failure since the start. */
  readonly lastFailure?: { readonly code: string; readonly agoMs: number };
}

export interface QueueFacts {
  /** Milliseconds for which the next look at the API has been due; undefined where it is not, or not known. */
  readonly tickLateMs?: number;
  /** Milliseconds for which the entry is due that has been due longest. */
  readonly oldestDueMs?: number;
  readonly due: number;
  /** Entries that were given up and are kept for a while. */
  readonly failed: number;
}

/** What is seen of a store's file without opening it for writing. */
export interface FileFacts {
  readonly path: string;
  /** Undefined where there is no file yet. */
  readonly bytes?: number;
  readonly isFolderWritable: boolean;
  readonly isFileWritable: boolean;
  readonly freeBytes?: number;
  /** Undefined for a file of before there were numbers. */
  readonly schema?: number;
  /** Of the newest copy that lies beside it. */
  readonly backupAgeMs?: number;
}

export interface DatabaseFacts {
  /** As `server_version_num`: 150004. */
  readonly version: number;
  /** Whether the bot's tables are there. */
  readonly hasTables: boolean;
  readonly lease?: { readonly owner: string; readonly isHeld: boolean };
}

const HOUR_MS = 60 * 60_000;
/** A tick that is due is taken within a second or two. */
const LATE_TICK_MS = 30_000;
const LATE_ENTRY_MS = 5 * 60_000;
const MIN_FREE_BYTES = 512 * 1024 * 1024;
const OLD_BACKUP_MS = 7 * 24 * HOUR_MS;
const MIN_POSTGRES = 150_000;

export function checkRunningStore({ problem, lastFailure }: RunningStore, audience: Audience): Finding {
  const { refused, failed, writes, todo } = storeWords;
  if (problem !== undefined) return wrong(refused(problem), todo[audience]);
  if (lastFailure === undefined) return ok(writes);
  const { code, agoMs } = lastFailure;
  return agoMs < HOUR_MS ? warning(failed(code, agoMs), todo[audience]) : ok(failed(code, agoMs));
}

/** For a server: of its own work, `/notify` and `/jobs` tell. */
export function checkTicks(tickLateMs = 0): Finding {
  const { tickLate, ticksInTime, lateTodo } = queueWords;
  return tickLateMs > LATE_TICK_MS ? wrong(tickLate(tickLateMs), lateTodo.server) : ok(ticksInTime);
}

/**
 * For whoever runs the bot, or is about to: everything is late while it is stopped, and entries behind one that waits
 * are due too, so that lateness alone is no proof of a mistake.
 */
export function checkQueue({ tickLateMs = 0, oldestDueMs = 0, due, failed }: QueueFacts): Finding[] {
  const { late, tickLate, inTime, failures, noFailures, lateTodo, failureTodo } = queueWords;
  const lateness =
    tickLateMs > LATE_TICK_MS
      ? warning(tickLate(tickLateMs), lateTodo.operator)
      : oldestDueMs > LATE_ENTRY_MS
        ? warning(late(due, oldestDueMs), lateTodo.operator)
        : ok(inTime(due));
  return [lateness, failed > 0 ? warning(failures(failed), failureTodo) : ok(noFailures)];
}

/** For whoever runs the bot: a place where there is no file yet is as good as one. */
export function checkFile(facts: FileFacts): Finding[] {
  const { path, bytes, isFolderWritable, isFileWritable, schema } = facts;
  const { noFile, file, notWritable, notWritableTodo } = storeWords;
  const isWritable = isFolderWritable && isFileWritable;
  const says = bytes === undefined ? noFile(path) : file(path, bytes, schema);
  const place = isWritable ? ok(says) : wrong(notWritable(path), notWritableTodo);
  return [place, ...checkRoom(facts), ...checkBackup(facts)];
}

function checkRoom({ freeBytes }: FileFacts): Finding[] {
  if (freeBytes === undefined) return [];
  const says = storeWords.room(freeBytes);
  return [freeBytes < MIN_FREE_BYTES ? warning(says, storeWords.roomTodo) : ok(says)];
}

function checkBackup({ backupAgeMs }: FileFacts): Finding[] {
  if (backupAgeMs === undefined) return [];
  const says = storeWords.backup(backupAgeMs);
  return [backupAgeMs > OLD_BACKUP_MS ? warning(says, storeWords.backupTodo) : ok(says)];
}

export function checkDatabase({ version, hasTables, lease }: DatabaseFacts): Finding[] {
  const { server, serverTodo, tables, noTables, held, free } = storeWords;
  const says = server(Math.floor(version / 10_000));
  const first = version < MIN_POSTGRES ? wrong(says, serverTodo) : ok(says);
  const second = ok(hasTables ? tables : noTables);
  if (!hasTables) return [first, second];
  return [first, second, ok(lease?.isHeld === true ? held(lease.owner) : free)];
}
