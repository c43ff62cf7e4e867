import { type ClientOptions, SimpleShardingStrategy } from 'discord.js';
import { toBackoffMs } from '../../shared/backoff.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

type GatewayOptions = NonNullable<ClientOptions['ws']>;
type Manager = Parameters<NonNullable<GatewayOptions['buildStrategy']>>[0];
type SessionInfo = Awaited<ReturnType<Manager['options']['retrieveSessionInfo']>>;

/** Attempts to resume until a new session is begun at the main address. */
const MAX_RESUMES = 3;
/** Attempts between two lines in the log. */
const ATTEMPTS_PER_LINE = 10;
const PAUSES = { firstMs: 1_000, maxMs: 60_000 };
/** Milliseconds for a connection to open: three of them and the main address's are over within two minutes. */
const HANDSHAKE_MS = 15_000;
/** Milliseconds between two log-ins; Discord refuses a second one within five seconds. */
const IDENTIFY_GAP_MS = 5_500;
/** Log-ins that are left for starts of the process: Discord takes a bot's token away when a day's are used up. */
const RESERVED_IDENTIFIES = 20;

/**
 * How discord.js comes back to the gateway. By itself it tries the address of its session every half second for ever, also where
 * that address is gone: here the pauses grow, and after some attempts the session is given up for a new one at the main address.
 * The library asks for its session whenever it connects, which is where it is held back.
 */
export class Reconnection {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  /** `down`: the next question for the session begins an attempt to connect. */
  #state: 'down' | 'connecting' | 'up' = 'down';
  #attempts = 0;
  #reason = '';
  #wasUp = false;
  #identifiedAt: number | undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** discord.js's options for its gateway. */
  get options(): GatewayOptions {
    return {
      buildStrategy: (manager) => this.#attach(manager),
      buildIdentifyThrottler: (manager) => ({
        waitForIdentify: (_shardId, signal) => this.#waitForIdentify(manager, signal),
      }),
    };
  }

  /** Whether the connection was there until now, so that its loss is news. */
  get isNews(): boolean {
    return this.#attempts === 0;
  }

  /** Nothing connects any more. */
  stop(): void {
    this.#stopped.abort();
  }

  #attach(manager: Manager): SimpleShardingStrategy {
    const { options } = manager;
    const retrieve = options.retrieveSessionInfo.bind(options);
    options.handshakeTimeout = HANDSHAKE_MS;
    options.retrieveSessionInfo = async (shardId) => {
      if (this.#state !== 'down') return retrieve(shardId);
      await this.#begin();
      const session = await retrieve(shardId);
      if (session === null || this.#canResume(session)) return session;
      await options.updateSessionInfo(shardId, null);
      return null;
    };
    manager.on('error', ({ error }) => this.#noteError(error));
    manager.on('closed', ({ code }) => this.#noteClosed(code));
    manager.on('ready', () => this.#noteUp(true));
    manager.on('resumed', () => this.#noteUp(false));
    return new SimpleShardingStrategy(manager);
  }

  /** Waits for the next attempt's time; for ever once stopped, as the library would connect in spite of it. */
  async #begin(): Promise<void> {
    this.#state = 'connecting';
    const attempts = this.#attempts;
    this.#attempts += 1;
    this.#tell(attempts);
    const pauseMs = toBackoffMs(PAUSES, attempts);
    if (pauseMs > 0) await this.#clock.sleep(pauseMs, this.#stopped.signal).catch(() => undefined);
    if (this.#stopped.signal.aborted) await new Promise<never>(() => undefined);
  }

  #tell(attempts: number): void {
    const fields = { attempts, reason: this.#reason };
    if (attempts === MAX_RESUMES) {
      this.#logger.warn(
        fields,
        'The gateway connection does not come back; a new session is begun at the main address.',
      );
    } else if (attempts > 0 && attempts % ATTEMPTS_PER_LINE === 0) {
      this.#logger.warn(fields, 'The gateway cannot be reached; trying again.');
    }
  }

  #canResume(session: NonNullable<SessionInfo>): boolean {
    const protocol = URL.parse(session.resumeURL)?.protocol;
    return this.#attempts <= MAX_RESUMES && (protocol === 'wss:' || protocol === 'ws:');
  }

  #noteError(error: unknown): void {
    this.#reason = toErrorMessage(error);
  }

  #noteClosed(code: number): void {
    if (this.#state === 'up' || this.#reason === '') this.#reason = `closed with ${code}`;
    this.#state = 'down';
  }

  #noteUp(isNewSession: boolean): void {
    if (isNewSession && this.#wasUp) this.#logger.info({}, 'The gateway connection is back with a new session.');
    this.#state = 'up';
    this.#wasUp = true;
    this.#attempts = 0;
    this.#reason = '';
  }

  async #waitForIdentify(manager: Manager, signal: AbortSignal): Promise<void> {
    const { session_start_limit: limit } = await manager.fetchGatewayInformation(this.#identifiedAt !== undefined);
    if (this.#identifiedAt !== undefined && limit.remaining <= RESERVED_IDENTIFIES) {
      this.#logger.error({ ...limit }, 'Nearly all log-ins of the day are used up; waiting for new ones.');
      await this.#clock.sleep(limit.reset_after, signal);
    }
    const sinceMs = this.#clock.monotonicMs() - (this.#identifiedAt ?? Number.NEGATIVE_INFINITY);
    if (sinceMs < IDENTIFY_GAP_MS) await this.#clock.sleep(IDENTIFY_GAP_MS - sinceMs, signal);
    this.#identifiedAt = this.#clock.monotonicMs();
  }
}
