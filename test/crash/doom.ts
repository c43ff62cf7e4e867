import { flushCompileCache } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into a bot's process before anything else: lets it die at a sync of its store, and shifts its clock. Asked
 * by `DOOM` (a `Doom` as JSON) from the start on, or later by a message, which is answered with the syncs that
 * were counted until then.
 */
export interface Doom {
  /**
   * The sync at which the process dies, counted from 1 since it was asked; 0: it lives; undefined: as
   * before, or it lives.
   */
  readonly atSync?: number | undefined;
  /** Whether what is written by then is lost or on disk. */
  readonly when?: 'before' | 'after';
  /** Milliseconds by which its clock is ahead; undefined: as before, or not at all. */
  readonly aheadMs?: number;
  /** Whether the bytes are counted that are left in use when everything is collected that can be. */
  readonly isMeasured?: boolean;
}

/** What a message is answered with. */
export interface DoomReply {
  readonly syncs: number;
  readonly usedBytes?: number;
}

const FLUSH_AFTER_MS = 3_000;

let doom: Doom = JSON.parse(process.env['DOOM'] ?? '{}');
let syncs = 0;

/** Bytes in use afterwards, on V8's heap and beside it. */
function collect(): number {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new Error('Nothing can be collected.');
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function execOrDie(this: DatabaseSync, sql: string): void {
  const isSync = sql === 'COMMIT';
  if (isSync) syncs += 1;
  const isLast = isSync && syncs === doom.atSync;
  if (isLast && doom.when !== 'after') die();
  exec.call(this, sql);
  if (isLast) die();
};

// Node keeps what it has compiled when a process exits, which these do not.
setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();

let aheadMs = doom.aheadMs ?? 0;
const realNow = Date.now;
Date.now = () => realNow() + aheadMs;

process.on('message', (next: Doom) => {
  const reply: DoomReply = next.isMeasured === true ? { syncs, usedBytes: collect() } : { syncs };
  process.send?.(reply);
  aheadMs = next.aheadMs ?? aheadMs;
  if (next.atSync === undefined) return;
  doom = next;
  syncs = 0;
});
process.channel?.unref();
// Whoever started it has ended.
process.on('disconnect', die);
