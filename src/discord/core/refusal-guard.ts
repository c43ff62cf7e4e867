import { RateLimitError, type ResponseLike } from 'discord.js';
import { toBackoffMs } from '../../shared/backoff.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';

export interface RefusalGuardOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Refusals within ten minutes after which requests are held back; default 2,000. */
  readonly limit?: number;
}

/** What is about to be asked, and with what the caller gives up. */
export interface GuardedRequest {
  readonly method: string;
  readonly url: string;
  readonly signal?: AbortSignal;
}

const REFUSALS = new Set([401, 403, 429]);
const SPAN_MS = 10 * 60_000;
const LIMIT = 2_000;
/** Five a second while held back: with those before, half of what Discord shuts an address out for. */
const SPACING_MS = 200;
const PAUSES = { firstMs: 1_000, maxMs: 5 * 60_000 };
/** Longer than this nobody is kept waiting, as discord.js gives a request 15 seconds in all. */
const MAX_WAIT_MS = 10_000;
const MAX_PATHS = 1_000;

interface Pause {
  /** Refusals in a row. */
  readonly count: number;
  /** Of the monotonic clock, as all times here. */
  readonly until: number;
}

/**
 * Keeps the process from being shut out of Discord for 10,000 refused requests in ten minutes. A 429 that names no
 * time, as that of a proxy before Discord, is repeated by discord.js at once: here it waits a second, and twice as long
 * each further time. Where refusals pile up for any other reason, all requests are spaced out.
 */
export class RefusalGuard {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limit: number;
  readonly #pauses = new Map<string, Pause>();
  /** When requests were refused, oldest first. */
  #refusedAt: number[] = [];
  #nextAt = 0;
  #isHoldingBack = false;

  constructor({ clock, logger, limit = LIMIT }: RefusalGuardOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#limit = limit;
  }

  /**
   * Sends as soon as nothing speaks against it.
   * @throws RateLimitError, without having sent, where that would take too long.
   */
  async run(request: GuardedRequest, send: () => Promise<ResponseLike>): Promise<ResponseLike> {
    const path = `${request.method} ${new URL(request.url).pathname}`;
    const waitMs = Math.max(this.#pauseOf(path), this.#spacing());
    if (waitMs > MAX_WAIT_MS) throw toRateLimitError(request, path, waitMs);
    if (waitMs > 0) await this.#clock.sleep(waitMs, request.signal);
    const answer = await send();
    this.#note(path, answer);
    return answer;
  }

  /** Milliseconds. */
  #pauseOf(path: string): number {
    const until = this.#pauses.get(path)?.until ?? 0;
    return Math.max(0, until - this.#clock.monotonicMs());
  }

  /** Milliseconds until this request's turn while requests are held back. */
  #spacing(): number {
    const now = this.#clock.monotonicMs();
    this.#refusedAt = this.#refusedAt.filter((at) => now - at < SPAN_MS);
    this.#decide();
    if (!this.#isHoldingBack) return 0;
    const waitMs = Math.max(0, this.#nextAt - now);
    if (waitMs <= MAX_WAIT_MS) this.#nextAt = now + waitMs + SPACING_MS;
    return waitMs;
  }

  /** Begins at the limit and ends at half of it, so that it does not begin and end with every request. */
  #decide(): void {
    const refused = this.#refusedAt.length;
    const isHoldingBack = refused >= (this.#isHoldingBack ? this.#limit / 2 : this.#limit);
    if (isHoldingBack === this.#isHoldingBack) return;
    this.#isHoldingBack = isHoldingBack;
    const fields = { refused, minutes: SPAN_MS / 60_000 };
    if (isHoldingBack) this.#logger.warn(fields, 'Discord refuses too many requests; they are held back.');
    else this.#logger.info(fields, 'Discord refuses few requests again; they are not held back any more.');
  }

  #note(path: string, { status, headers }: ResponseLike): void {
    if (REFUSALS.has(status)) this.#refusedAt.push(this.#clock.monotonicMs());
    const known = this.#pauses.get(path);
    this.#pauses.delete(path);
    if (status !== 429 || namesTime(headers)) return;
    const count = (known?.count ?? 0) + 1;
    const ms = toBackoffMs(PAUSES, count);
    this.#pauses.set(path, { count, until: this.#clock.monotonicMs() + ms });
    const [oldest] = this.#pauses.keys();
    if (this.#pauses.size > MAX_PATHS && oldest !== undefined) this.#pauses.delete(oldest);
  }
}

/** Whether discord.js will wait by itself. */
function namesTime(headers: ResponseLike['headers']): boolean {
  return Number(headers.get('retry-after')) > 0;
}

function toRateLimitError({ method, url }: GuardedRequest, route: string, waitMs: number): RateLimitError {
  return new RateLimitError({
    method,
    url,
    route,
    majorParameter: 'none',
    hash: 'none',
    global: true,
    limit: 0,
    timeToReset: waitMs,
    retryAfter: waitMs,
    sublimitTimeout: 0,
    scope: 'global',
  });
}
