import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Runs the killed worker until it has said all `awaited` lines, kills it, and returns what it had said. */
export async function runUntilKilled(address: string, awaited: readonly string[]): Promise<readonly string[]> {
  const script = fileURLToPath(new URL('killed-worker.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const ended = once(child, 'close');
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (awaited.every((line) => text.includes(`${line}\n`))) child.kill('SIGKILL');
  }
  await ended;
  return text.split('\n').slice(0, -1);
}
