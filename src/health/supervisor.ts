import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Lifecycle, Phase } from './lifecycle.ts';
import { healthWords } from './words.ts';

export interface SupervisorOptions {
  /** A Unix datagram socket; one that begins with `@` has no file. */
  readonly socket: string;
  /** Milliseconds without a sign of life after which it kills the process; default: it does not. */
  readonly watchdogMs?: number;
  readonly lifecycle: Pick<Lifecycle, 'onEnter'>;
  readonly logger: Logger;
  /** Sends the lines to the socket as one message. Default: by systemd's own program. */
  readonly send?: (socket: string, lines: readonly string[]) => Promise<void>;
}

const SEND_MS = 5_000;
/** The program gets these alone: what the bot's environment holds is none of its business. */
const PROGRAM_PATH = '/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin';

/** A process that stands by is ready to: the supervisor must not wait for its turn, nor count it as failed. */
const STATES: Readonly<Record<Phase, readonly string[]>> = {
  starting: [`STATUS=${healthWords.starting}`],
  'standing-by': ['READY=1', `STATUS=${healthWords.standingBy}`],
  running: ['READY=1', `STATUS=${healthWords.running}`],
  stopping: ['STOPPING=1', `STATUS=${healthWords.stopping}`],
};

/** Says to the supervisor where the process is, and that its event loop turns. */
export class Supervisor {
  readonly #options: Required<Omit<SupervisorOptions, 'watchdogMs'>>;
  readonly #stop: () => void;
  /** One message after the other, so that none overtakes another. */
  #sending: Promise<void> = Promise.resolve();
  #waiting = 0;
  #hasFailed = false;

  constructor({ watchdogMs, send = sendByProgram, ...options }: SupervisorOptions) {
    this.#options = { ...options, send };
    const unsubscribe = options.lifecycle.onEnter((phase) => this.#queue(STATES[phase]));
    const timer = watchdogMs === undefined ? undefined : setInterval(() => this.#beat(), watchdogMs / 2);
    timer?.unref();
    this.#stop = () => {
      unsubscribe();
      clearInterval(timer);
    };
  }

  /** Resolves when the last message is sent. */
  async close(): Promise<void> {
    this.#stop();
    await this.#sending;
  }

  /** A timer fires only where the event loop turns. */
  #beat(): void {
    if (this.#waiting === 0) this.#queue(['WATCHDOG=1']);
  }

  #queue(lines: readonly string[]): void {
    this.#waiting += 1;
    this.#sending = this.#sending.then(() => this.#send(lines));
  }

  /** Never rejects. */
  async #send(lines: readonly string[]): Promise<void> {
    const { socket, send, logger } = this.#options;
    try {
      await send(socket, lines);
    } catch (thrown) {
      if (!this.#hasFailed) logger.warn({ reason: toErrorMessage(thrown) }, 'The supervisor could not be notified.');
      this.#hasFailed = true;
    } finally {
      this.#waiting -= 1;
    }
  }
}

/** Node has no datagram sockets of this kind. */
async function sendByProgram(socket: string, lines: readonly string[]): Promise<void> {
  const env = { NOTIFY_SOCKET: socket, PATH: PROGRAM_PATH };
  await promisify(execFile)('systemd-notify', [...lines], { env, timeout: SEND_MS });
}
