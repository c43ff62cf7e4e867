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
  /** Answers of 401, 403 and 429 in ten minutes, after which the address is shut out; default 10,000. */
  readonly invalid?: number;
}

export interface RateLimitQuery {
  readonly route: string;
  /** What the bucket is kept apart by: a channel, a server, an interaction's token. */
  readonly major: string;
  /** Whether the route is exempt from the global limit. */
  readonly isOpen: boolean;
  /** Milliseconds; any clock that goes forward with real time. */
  readonly now: number;
}

export interface RateLimitVerdict {
  readonly headers: Readonly<Record<string, string>>;
  /** Set where the request is refused with 429. */
  readonly refused?: { readonly retryAfterMs: number; readonly isGlobal: boolean };
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
const MAX_WINDOWS = 20_000;

/** Counts requests as Discord does: a global window a second, and a window per route and channel. Follows real time, as its clients do. */
export class RateLimiter {
  readonly #global: number;
  readonly #perChannel: BucketLimit;
  readonly #windows = new Map<string, Window>();
  readonly #invalid: InvalidRequests;

  constructor(options: RateLimitOptions = {}) {
    this.#global = options.global ?? 50;
    this.#invalid = new InvalidRequests(options.invalid);
    this.#perChannel = options.perChannel ?? { limit: 5, windowMs: 5_000 };
  }

  /** Counts what was answered. */
  noteAnswer(status: number, now: number): void {
    this.#invalid.note(status, now);
  }

  check(query: RateLimitQuery): RateLimitVerdict {
    const { route, major, isOpen, now } = query;
    const shutOutForMs = this.#invalid.shutOutFor(now);
    if (shutOutForMs !== undefined) return { headers: { 'Retry-After': toSeconds(shutOutForMs) }, shutOutForMs };
    if (!isOpen) {
      const global = this.#window('global', 1_000, now);
      if (global.used >= this.#global) return refuse(global.endsAt - now, true, {});
      global.used += 1;
    }
    if (route === CALLBACK) return { headers: {} };
    const { limit, windowMs } = this.#limitOf(route);
    const window = this.#window(`${route}:${major}`, windowMs, now);
    const isFull = window.used >= limit;
    if (!isFull) window.used += 1;
    const headers = toHeaders(route, limit, window, now);
    return isFull ? refuse(window.endsAt - now, false, headers) : { headers };
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

function refuse(retryAfterMs: number, isGlobal: boolean, headers: Record<string, string>): RateLimitVerdict {
  return { headers: { ...headers, ...toRefusalHeaders(retryAfterMs, isGlobal) }, refused: { retryAfterMs, isGlobal } };
}

export function toRefusalHeaders(retryAfterMs: number, isGlobal: boolean): Record<string, string> {
  return {
    'Retry-After': toSeconds(retryAfterMs),
    'X-RateLimit-Scope': isGlobal ? 'global' : 'user',
    ...(isGlobal ? { 'X-RateLimit-Global': 'true' } : {}),
  };
}

function toSeconds(ms: number): string {
  return String(Math.ceil(ms / 1_000));
}

export function toRefusalBody(retryAfterMs: number, isGlobal: boolean): object {
  return { message: 'You are being rate limited.', retry_after: retryAfterMs / 1_000, global: isGlobal };
}
