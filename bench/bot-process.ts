import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
/** Where `utime` stands in `/proc/PID/stat` behind the name; `stime` follows. */
const UTIME_FIELD = 11;
/** Linux counts in hundredths of a second there. */
const MS_PER_TICK = 10;

export interface BotProcessOptions {
  /** Script, relative to this folder. */
  readonly script: string;
  /** Options of Node. */
  readonly flags?: readonly string[];
  /** All that the bot sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working directory: one without a `.env` file. */
  readonly folder: string;
  /** How the line begins, or what it holds, by which the process says that it is ready; default `Ready`. */
  readonly readyLine?: RegExp;
}

/** A bot with an event loop and a memory of its own, which says by a line that it is ready. */
export class BotProcess {
  readonly #child: ChildProcess;
  /** Milliseconds from the start of the process to its word that it is ready: logged in, commands registered. */
  readonly readyAfterMs: number;

  private constructor(child: ChildProcess, readyAfterMs: number) {
    this.#child = child;
    this.readyAfterMs = readyAfterMs;
  }

  static async start(options: BotProcessOptions): Promise<BotProcess> {
    const { script, flags = [], environment, folder, readyLine = /^Ready/ } = options;
    const path = fileURLToPath(new URL(script, import.meta.url));
    const startedAt = performance.now();
    const child = spawn(process.execPath, [...flags, path], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      await waitForReady(child, readyLine);
    } catch (thrown) {
      child.kill('SIGKILL');
      throw thrown;
    }
    return new BotProcess(child, performance.now() - startedAt);
  }

  /** Bytes of memory that the process holds now (resident set size); on Linux. */
  rss(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1024;
  }

  /** Milliseconds of processor time, user and system, that the process has used so far; on Linux, in steps of 10 ms. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[UTIME_FIELD]) + Number(fields[UTIME_FIELD + 1])) * MS_PER_TICK;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(timer);
  }
}

async function waitForReady(child: ChildProcess, readyLine: RegExp): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error('The bot did not get ready in time.')), READY_LIMIT_MS);
  for (const [output, hear] of [
    [child.stdout, () => undefined],
    [child.stderr, (line: string) => process.stderr.write(`${line}\n`)],
  ] as const) {
    if (output === null) throw new Error('A bot needs an output.');
    createInterface({ input: output }).on('line', (line) => {
      if (readyLine.test(line)) resolve();
      else hear(line);
    });
  }
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`The bot ended with code ${code}.`)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}
