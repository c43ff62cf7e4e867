import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** These end what hangs, and judge nothing: on a busy machine a start may take many times the usual two seconds. */
const READY_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 60_000;
const TITLE = /<title>[^<]+<\/title>/;

/**
 * Starts the bot as the README says, with no configuration; looks at its page, stops it and sees that nothing is left.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'smoke-'));
  const child = spawn('npm', ['start'], {
    env: { ...process.env, SANDBOX_PORT: '0', STORE_URL: `sqlite:${join(folder, 'sandbox.sqlite')}` },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    await checkPage(await within(READY_LIMIT_MS, 'the address of the page', waitForAddress(child)));
    await checkStop(child);
  } finally {
    if (isGroupAlive(child)) process.kill(-toPid(child), 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function waitForAddress({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('There is no output.');
  for await (const line of createInterface({ input: stdout })) {
    say(line);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('It ended before it told the address of its page.');
}

async function checkPage(address: string): Promise<void> {
  const answer = await fetch(address);
  const title = TITLE.exec(await answer.text())?.[0];
  if (answer.status !== 200 || title === undefined)
    throw new Error(`The page answered ${answer.status}, title: ${title}.`);
  say(`${address} answered ${answer.status} with ${title}.`);
}

async function checkStop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  process.kill(toPid(child), 'SIGTERM');
  const [code] = await within(STOP_LIMIT_MS, 'the end after SIGTERM', ended);
  if (code !== 0) throw new Error(`It ended with code ${code} after SIGTERM.`);
  await within(STOP_LIMIT_MS, 'the end of all its processes', waitForEmptyGroup(child));
  say('It stopped with code 0 and left nothing running.');
}

async function waitForEmptyGroup(child: ChildProcess): Promise<void> {
  while (isGroupAlive(child)) await delay(100);
}

/** Whether any process of the group that `npm start` leads is there. */
function isGroupAlive(child: ChildProcess): boolean {
  try {
    process.kill(-toPid(child), 0);
    return true;
  } catch {
    return false;
  }
}

function toPid({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('npm could not be started.');
  return pid;
}

async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const tooLate = new AbortController();
  const limit = delay(ms, undefined, { signal: tooLate.signal }).then(() => {
    throw new Error(`Waited ${ms} ms for ${what}.`);
  });
  limit.catch(() => undefined);
  try {
    return await Promise.race([promise, limit]);
  } finally {
    tooLate.abort();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
