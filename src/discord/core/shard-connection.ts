import { toBackoffMs } from '../../shared/backoff.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';

/** Attempts to resume until a new session is begun at the main address. */
const MAX_RESUMES = 3;
/** Attempts between two lines in the log. */
const ATTEMPTS_PER_LINE = 10;
const PAUSES = { firstMs: 1_000, maxMs: 60_000 };

/** How the connection of one shard stands, and when it is tried again. */
export class ShardConnection {
  readonly #shardId: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** `down`: the next question for the session begins an attempt to connect. */
  #state: 'down' | 'connecting' | 'up' = 'down';
  #attempts = 0;
  #reason = '';
  #wasUp = false;

  constructor(shardId: number, clock: Clock, logger: Logger) {
    this.#shardId = shardId;
    this.#clock = clock;
    this.#logger = logger;
  }

  get isDown(): boolean {
    return this.#state === 'down';
  }

  /** Whether it was there until now, so that its loss is worth a line in the log. */
  get isFirstLoss(): boolean {
    return this.#attempts === 0;
  }

  /** Waits for the next attempt's time; for ever once stopped, as the library would connect in spite of it. */
  async begin(stopped: AbortSignal): Promise<void> {
    this.#state = 'connecting';
    const attempts = this.#attempts;
    this.#attempts += 1;
    this.#report(attempts);
    const pauseMs = toBackoffMs(PAUSES, attempts);
    if (pauseMs > 0) await this.#clock.sleep(pauseMs, stopped).catch(() => undefined);
    if (stopped.aborted) await new Promise<never>(() => undefined);
  }

  /** Whether the session at this address is still to be resumed. */
  canResume(resumeUrl: string): boolean {
    const protocol = URL.parse(resumeUrl)?.protocol;
    return this.#attempts <= MAX_RESUMES && (protocol === 'wss:' || protocol === 'ws:');
  }

  noteError(reason: string): void {
    this.#reason = reason;
  }

  noteClosed(code: number): void {
    if (this.#state === 'up' || this.#reason === '') this.#reason = `closed with ${code}`;
    this.#state = 'down';
  }

  noteUp(isNewSession: boolean): void {
    if (isNewSession && this.#wasUp)
      this.#logger.info({ shard: this.#shardId }, 'The gateway connection is back with a new session.');
    this.#state = 'up';
    this.#wasUp = true;
    this.#attempts = 0;
    this.#reason = '';
  }

  #report(attempts: number): void {
    const fields = { shard: this.#shardId, attempts, reason: this.#reason };
    if (attempts === MAX_RESUMES) {
      this.#logger.warn(
        fields,
        'The gateway connection does not come back; a new session is begun at the main address.',
      );
    } else if (attempts > 0 && attempts % ATTEMPTS_PER_LINE === 0) {
      this.#logger.warn(fields, 'The gateway cannot be reached; trying again.');
    }
  }
}
