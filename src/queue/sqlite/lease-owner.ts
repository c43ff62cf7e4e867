import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

const SEPARATOR = '/';
/** Tells this process from an earlier one that had the same number. */
const LIFE = randomUUID().slice(0, 8);

/** A new lease's token; it names the machine and the process that holds it. */
export function toLeaseToken(): string {
  return [hostname(), process.pid, LIFE, randomUUID()].join(SEPARATOR);
}

/** Whether the process that holds a lease has surely ended: it was on this machine and is no more. */
export function isHolderGone(token: string): boolean {
  const [host, pidText = '', life] = token.split(SEPARATOR);
  const pid = Number(pidText);
  if (host !== hostname() || !Number.isSafeInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return life !== LIFE;
  return !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH');
  }
}
