const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;
/** What is wrong with a file as a whole: its rights, its place. */
const UNUSABLE: ReadonlyMap<number, string> = new Map([
  [3, 'this user may not use it'],
  [5, 'another process has locked it'],
  [6, 'another process has locked it'],
  [8, 'this user may not write to it'],
  [10, 'the disk fails'],
  [13, 'the disk is full'],
  [14, 'it cannot be opened or made'],
]);
/** What is wrong with what the file holds. */
const DAMAGED: ReadonlyMap<number, string> = new Map([
  [11, 'it is damaged'],
  [26, 'it is no SQLite database'],
]);

/** Whether `node:sqlite` threw because somebody else holds the file's lock. */
export function isLocked(thrown: unknown): boolean {
  const code = toResultCode(thrown);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** Whether `node:sqlite` threw because there is no room left on the disk or in the file. */
export function isFull(thrown: unknown): boolean {
  return toResultCode(thrown) === SQLITE_FULL;
}

/** Why a database cannot be used at all, as the end of a sentence; undefined for any other error. */
export function toUnusableReason(thrown: unknown): string | undefined {
  return UNUSABLE.get(toOwnOrCause(thrown));
}

/** Why what a database holds cannot be read, as the end of a sentence; undefined for any other error. */
export function toDamage(thrown: unknown): string | undefined {
  return DAMAGED.get(toOwnOrCause(thrown));
}

function toOwnOrCause(thrown: unknown): number {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return toResultCode(thrown) ?? toResultCode(cause) ?? 0;
}

/** SQLite's primary result code. */
function toResultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined;
}
