import { createHash } from 'node:crypto';
import { InvalidRequests } from './invalid-requests.ts';

/** A bucket's size: so many requests in so many milliseconds. */
export interface BucketLimit {
  readonly limit: number;
  readonly windowMs: number;
}

export interface RateLimitOptions {
  /** Requests a second of the whole bot; default 50. */
  readonly global?: number;
  /** Messages per channel; default 5 in 5 seconds. */
  readonly perChannel?: BucketLimit;
  /**
   * Edits per channel of messages that are older than an hour (30046); Discord publishes no number, default 3 in 20
   * seconds, as bots report it.
   */
  readonly oldEdits?: BucketLimit;
  /** Answers of 401, 403 and 429 in ten minutes, after which the address is shut out; default 10,000. */
  readonly invalid?: number;
}

export interface RateLimitQuery {
  readonly route: string;
  /** What the bucket is kept apart by: a channel, a server, an interaction's token. */
  readonly major: string;
  /** Whether the route is exempt from the global limit. */
  readonly isOpen: boolean;
  /** Whether it edits a message that is older than an hour. */
  readonly isOldEdit?: boolean;
  /** Milliseconds; any clock that goes forward with real time. */
  readonly now: number;
}

export interface LimitRefusal {
  readonly retryAfterMs: number;
  readonly isGlobal: boolean;
  /** Whether others than the bot have used the limit up. */
  readonly isShared?: boolean;
  /** Whether it is the limit for edits of old messages. */
  readonly isOldEdit?: boolean;
}

export interface RateLimitVerdict {
  readonly headers: Readonly<Record<string, string>>;
  /** Set where the request is refused with 429. */
  readonly refused?: LimitRefusal;
  /** Set where Discord's door keeper refuses it before Discord sees it: no JSON, and no limits are named. */
  readonly shutOutForMs?: number;
}

interface Window {
  used: number;
  endsAt: number;
}

const PER_MESSAGE_ROUTE = new Set([
  'POST /channels/{channel_id}/messages',
  'PATCH /channels/{channel_id}/messages/{message_id}',
]);
const CALLBACK = 'POST /interactions/{interaction_id}/{interaction_token}/callback';
const WEBHOOK_LIMIT: BucketLimit = { limit: 5, windowMs: 2_000 };
const OTHER_LIMIT: BucketLimit = { limit: 50, windowMs: 1_000 };
const OLD_EDITS = 'Maximum number of edits to messages older than 1 hour reached. Try again later.';
const SCOPE = 'X-RateLimit-Scope';
const MAX_WINDOWS = 20_000;

/**
 * Counts requests as Discord does: a global window a second, and a window per route and channel. Follows real time,
 * as its clients do.
 */
export class RateLimiter {
  readonly #global: number;
  readonly #perChannel: BucketLimit;
  readonly #windows = new Map<string, Window>();
  readonly #oldEdits: BucketLimit;
  readonly #invalid: InvalidRequests;

  constructor(options: RateLimitOptions = {}) {
    this.#global = options.global ?? 50;
    this.#invalid = new InvalidRequests(options.invalid);
    this.#perChannel = options.perChannel ?? { limit: 5, windowMs: 5_000 };
    this.#oldEdits = options.oldEdits ?? { limit: 3, windowMs: 20_000 };
  }

  /** Counts what was answered; a limit that others have used up counts against nobody. */
  noteAnswer(status: number, headers: Readonly<Record<string, string>>, now: number): void {
    if (headers[SCOPE] !== 'shared') this.#invalid.note(status, now);
  }

  check(query: RateLimitQuery): RateLimitVerdict {
    const { route, major, isOpen, now } = query;
    const shutOutForMs = this.#invalid.shutOutFor(now);
    if (shutOutForMs !== undefined) return { headers: { 'Retry-After': toSeconds(shutOutForMs) }, shutOutForMs };
    if (!isOpen) {
      const global = this.#window('global', 1_000, now);
      if (global.used >= this.#global) return refuse({ retryAfterMs: global.endsAt - now, isGlobal: true }, {});
      global.used += 1;
    }
    if (route === CALLBACK) return { headers: {} };
    const { limit, windowMs } = this.#limitOf(route);
    const window = this.#window(`${route}:${major}`, windowMs, now);
    const isFull = window.used >= limit;
    if (!isFull) window.used += 1;
    const headers = toHeaders(route, limit, window, now);
    if (isFull) return refuse({ retryAfterMs: window.endsAt - now, isGlobal: false }, headers);
    const oldEdit = query.isOldEdit === true ? this.#takeOldEdit(major, now) : undefined;
    return oldEdit === undefined ? { headers } : refuse(oldEdit, headers);
  }

  #takeOldEdit(channelId: string, now: number): LimitRefusal | undefined {
    const window = this.#window(`old edits:${channelId}`, this.#oldEdits.windowMs, now);
    if (window.used >= this.#oldEdits.limit)
      return { retryAfterMs: window.endsAt - now, isGlobal: false, isOldEdit: true };
    window.used += 1;
    return undefined;
  }

  #limitOf(route: string): BucketLimit {
    if (PER_MESSAGE_ROUTE.has(route)) return this.#perChannel;
    return route.includes('/webhooks/') ? WEBHOOK_LIMIT : OTHER_LIMIT;
  }

  #window(key: string, windowMs: number, now: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    const fresh = { used: 0, endsAt: now + windowMs };
    this.#windows.delete(key);
    this.#windows.set(key, fresh);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MAX_WINDOWS && oldest !== undefined) this.#windows.delete(oldest);
    return fresh;
  }
}

function toHeaders(route: string, limit: number, window: Window, now: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(limit - window.used),
    'X-RateLimit-Reset': (window.endsAt / 1_000).toFixed(3),
    'X-RateLimit-Reset-After': ((window.endsAt - now) / 1_000).toFixed(3),
    'X-RateLimit-Bucket': createHash('sha256').update(route).digest('hex').slice(0, 32),
  };
}

function refuse(refused: LimitRefusal, headers: Record<string, string>): RateLimitVerdict {
  return { headers: { ...headers, ...toRefusalHeaders(refused) }, refused };
}

export function toRefusalHeaders({ retryAfterMs, isGlobal, isShared }: LimitRefusal): Record<string, string> {
  return {
    'Retry-After': toSeconds(retryAfterMs),
    [SCOPE]: toScope(isGlobal, isShared === true),
    ...(isGlobal ? { 'X-RateLimit-Global': 'true' } : {}),
  };
}

function toScope(isGlobal: boolean, isShared: boolean): string {
  if (isGlobal) return 'global';
  return isShared ? 'shared' : 'user';
}

function toSeconds(ms: number): string {
  return String(Math.ceil(ms / 1_000));
}

export function toRefusalBody({ retryAfterMs, isGlobal, isShared, isOldEdit }: LimitRefusal): object {
  const wait = { retry_after: retryAfterMs / 1_000, global: isGlobal };
  if (isOldEdit === true) return { message: OLD_EDITS, code: 30046, ...wait };
  return {
    message: isShared === true ? 'The resource is being rate limited.' : 'You are being rate limited.',
    ...wait,
  };
}
