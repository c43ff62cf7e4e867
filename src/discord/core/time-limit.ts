import type { RESTOptions } from 'discord.js';

type MakeRequest = RESTOptions['makeRequest'];

export interface TimeLimits {
  /** Milliseconds that every request has; default 15,000, as in discord.js. */
  readonly baseMs?: number;
  /** A line this slow is still waited for; default 125,000: 1 Mbit/s. */
  readonly slowestBytesPerSecond?: number;
  /** Requests of more bytes are uploads; default 64 KiB. */
  readonly uploadFromBytes?: number;
}

/** discord.js has one time limit for all requests: beyond whatever is given to one here. */
export const LIBRARY_TIMEOUT_MS = 10 * 60_000;

/**
 * Gives each request a time limit that grows with its bytes. What is small ends as discord.js's own limit ends it, and
 * is repeated by discord.js; an upload is not repeated there, for it would only fill a slow line once more.
 */
export function withTimeLimit(makeRequest: MakeRequest, limits: TimeLimits = {}): MakeRequest {
  const { uploadFromBytes = 64 * 1024 } = limits;
  return async (url, init) => {
    const bytes = toByteCount(init.body);
    const limitMs = toTimeLimitMs(bytes, limits);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limitMs);
    const signals = init.signal instanceof AbortSignal ? [init.signal, limit.signal] : [limit.signal];
    try {
      return await makeRequest(url, { ...init, signal: AbortSignal.any(signals) });
    } catch (thrown) {
      if (!limit.signal.aborted || bytes < uploadFromBytes) throw thrown;
      throw toTimeoutError(`the upload took longer than ${Math.round(limitMs / 1_000)} s`, thrown);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Milliseconds that a request with a body of so many bytes has. */
export function toTimeLimitMs(bytes: number, { baseMs = 15_000, slowestBytesPerSecond = 125_000 }: TimeLimits = {}) {
  return baseMs + Math.ceil((bytes / slowestBytesPerSecond) * 1_000);
}

/** Known by its name, as that of the platform. */
function toTimeoutError(says: string, cause: unknown): Error {
  return Object.assign(new Error(says, { cause }), { name: 'TimeoutError' });
}

/** Whether it is an upload for which the line was too slow. */
export function isUploadTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'TimeoutError';
}

function toByteCount(body: unknown): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return ArrayBuffer.isView(body) ? body.byteLength : 0;
}
