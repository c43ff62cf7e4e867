import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** So that a life does not begin with compiling the bot anew. */
const COMPILE_CACHE = resolve('node_modules/.cache/scale');
const KEPT_LINES = 4_000;
/** What a bot says that works, or stands by. */
const SETTLED = /Ready|this one stands by/;
/** What it says first once it has started and may work, or wait for its turn. */
const STARTED = /This process is at work|This process can hold|this one stands by/;
const TAIL = 40;

/** What a process does (`BOT_ROLE`). */
export type Role = 'all' | 'core' | 'shard';

export interface FleetBotOptions {
  readonly role: Role;
  /** Its place in the fleet, which all its lives share. */
  readonly slot: number;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A bot in a process of its own with a supervisor: whenever it ends it is started again. */
export class FleetBot {
  readonly slot: number;
  readonly role: Role;
  readonly #options: FleetBotOptions;
  readonly #lines: string[] = [];
  #child: ChildProcess | undefined;
  #life = 0;
  #isSettled = false;
  #spawnedAt = 0;
  #startedAt: number | undefined;
  #longestStartMs = 0;
  /** What the present life said last, in which a word may be cut in two. */
  #tail = '';
  #isClosing = false;

  constructor(options: FleetBotOptions) {
    this.slot = options.slot;
    this.role = options.role;
    this.#options = options;
    mkdirSync(options.folder);
    this.#start();
  }

  /** Names the present life among all of the fleet, such as `2.5`. */
  get name(): string {
    return `${this.slot}.${this.#life}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Whether it works, or waits for the one that does. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** When the present life was ready to work or to wait for its turn, by the monotonic clock. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** Milliseconds from the start of a process to that, of the slowest one of all lives. */
  get longestStartMs(): number {
    return this.#longestStartMs;
  }

  /** The latest lines of all lives. */
  get log(): readonly string[] {
    return this.#lines;
  }

  signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Ends it for good. */
  async close(how: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#isClosing = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(how);
    await ended;
  }

  #start(): void {
    const { folder, env } = this.#options;
    this.#life += 1;
    this.#isSettled = false;
    this.#spawnedAt = performance.now();
    this.#startedAt = undefined;
    this.#tail = '';
    const name = this.name;
    const child = spawn(process.execPath, ['--no-warnings', resolve('src/main.ts')], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, LOG_LEVEL: 'debug', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (chunk: Buffer) => this.#hear(name, String(chunk));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code, signal) => {
      this.#hear(name, `ended with ${signal ?? code}`);
      if (!this.#isClosing) this.#start();
    });
    this.#child = child;
  }

  #hear(name: string, text: string): void {
    if (name === this.name) this.#note(this.#tail + text);
    this.#lines.push(
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => `${name} ${line}`),
    );
    if (this.#lines.length > KEPT_LINES) this.#lines.splice(0, KEPT_LINES / 4);
  }

  /** @param text What the present life has said now, and a little of what it said before. */
  #note(text: string): void {
    this.#isSettled ||= SETTLED.test(text);
    this.#tail = text.slice(-TAIL);
    if (this.#startedAt !== undefined || !STARTED.test(text)) return;
    this.#startedAt = performance.now();
    this.#longestStartMs = Math.max(this.#longestStartMs, this.#startedAt - this.#spawnedAt);
  }
}
