import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isHolderGone, toLeaseToken } from '../../../src/queue/sqlite/lease-owner.ts';

/** The number of a process of this machine that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

function tokenOf(host: string, pid: number | string): string {
  return `${host}/${pid}/0a1b2c3d/11111111-2222-4333-8444-555555555555`;
}

describe('who holds a lease', () => {
  it('is alive while this process is', () => {
    expect(isHolderGone(toLeaseToken())).toBe(false);
  });

  it('is gone where an earlier process had this number, as the first one of a container has', () => {
    expect(isHolderGone(tokenOf(hostname(), process.pid))).toBe(true);
  });

  it('is gone where no process has its number', async () => {
    expect(isHolderGone(tokenOf(hostname(), await endedPid()))).toBe(true);
  });

  it('is alive where another process of this machine has its number', () => {
    expect(isHolderGone(tokenOf(hostname(), process.ppid))).toBe(false);
  });

  it('is not known of another machine, whatever runs here', async () => {
    expect(isHolderGone(tokenOf(`not-${hostname()}`, await endedPid()))).toBe(false);
    expect(isHolderGone(tokenOf(`not-${hostname()}`, process.pid))).toBe(false);
  });

  it.each(['', 'x', '0', '-1', '1.5', 'NaN'])('is not known where the number is %j', (pid) => {
    expect(isHolderGone(tokenOf(hostname(), pid))).toBe(false);
  });
});
