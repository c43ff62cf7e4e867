const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;

/** Whether `node:sqlite` threw because somebody else holds the file's lock. */
export function isLocked(thrown: unknown): boolean {
  const code = toResultCode(thrown);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** Whether `node:sqlite` threw because there is no room left on the disk or in the file. */
export function isFull(thrown: unknown): boolean {
  return toResultCode(thrown) === SQLITE_FULL;
}

/** SQLite's primary result code. */
function toResultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined;
}
