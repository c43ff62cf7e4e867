import { toBackoffMs } from '../../shared/backoff.ts';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { NOT_SENT_CODES } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ApiJob } from '../api-job.ts';
import {
  BackendError,
  BodyTooLargeError,
  BusyError,
  ClientClosedError,
  ConnectionLostError,
  MayBeRunningError,
  OutcomeUnknownError,
  RateLimitedError,
  ServerError,
  TimedOutError,
  UnreachableError,
} from '../backend-errors.ts';
import type { OpenedFile } from '../contract.ts';
import { type AnswerContext, headerOf, type RawAnswer, toFacts, toStatusError } from './answers.ts';
import { ACCEPTED_ENCODINGS, toDecodedBody } from './decoded-body.ts';
import { Agent, type Connector, type Dispatcher } from './http-agent.ts';
import { PRIVATE_ADDRESS } from './public-connector.ts';

/** One call; `path` is encoded and starts behind the base URL. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** The call as it may be shown: `GET /v3/midjourney/jobs/{jobid}`. */
  readonly endpoint: string;
  /**
   * Writes (submits, presses, cancels, resets, whatever their method) fall under the money rule; all else is a read.
   */
  readonly isWrite: boolean;
  readonly body?: object;
  /** Whether it starts a job: a 429 says then that no slot is free. */
  readonly takesSlot?: boolean;
  /** Whether a 409 is an answer and not an error. */
  readonly isConflictAnswer?: boolean;
  /** Whether a 429 is thrown at once instead of waited out. */
  readonly isBusyFinal?: boolean;
  /** Whether the body is a file and no JSON. */
  readonly isMedia?: boolean;
  /** Reads the job that the body of a 422 may hold. */
  readonly readRejectedJob?: (body: unknown, nowMs: number) => ApiJob | undefined;
}

/** One try of a call that has ended; without a status there was no answer. */
export interface ApiCall {
  readonly endpoint: string;
  readonly status?: number;
  readonly ms: number;
}

/** How long a call may go on; `deadlineAt` is asked anew before each retry. Milliseconds of the monotonic clock. */
export interface CallControl {
  readonly signal: AbortSignal;
  deadlineAt(): number;
}

export interface TransportOptions {
  readonly baseUrl: string;
  /** Sent with every call: what proves who asks. */
  readonly secretHeaders: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sockets kept open to the API at most. Default 16. */
  readonly connections?: number;
  /** Milliseconds to connect. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** How sockets are opened, in its own time. Default: to wherever the address leads. */
  readonly connector?: Connector;
  /** Milliseconds until a read's headers are there. Default 8,000. */
  readonly readHeadersTimeoutMs?: number;
  /** Milliseconds until a write's headers are there; submits wait for Discord. Default 60,000. */
  readonly writeHeadersTimeoutMs?: number;
  /** Milliseconds between two pieces of a body. Default 8,000. */
  readonly bodyTimeoutMs?: number;
  /** Milliseconds an idle socket is kept. Default 4,000. */
  readonly keepAliveMs?: number;
  /** Retries after the first try. Default 3. */
  readonly maxRetries?: number;
  /** Milliseconds before the first retry, doubled for each further one. Default 300. */
  readonly retryDelayMs?: number;
  /**
   * Milliseconds before a write's retry after a 429 without Retry-After at the least; up to three times that. Default
   * 10,000.
   */
  readonly busyDelayMs?: number;
  /** Milliseconds of Retry-After that are waited at most. Default 30,000. */
  readonly maxRetryAfterMs?: number;
  /** Bytes of a JSON body that are read at most. Default 16 MiB. */
  readonly maxBodyBytes?: number;
  /** The error that an answer outside 2xx stands for. Default `toStatusError`. */
  readonly toStatusError?: (answer: RawAnswer, context: AnswerContext) => BackendError;
  /** 0 to 1, for jitter. Default Math.random. */
  readonly random?: () => number;
  /** Called after each try of a call; must not throw. Default: nothing. */
  readonly onCall?: (call: ApiCall) => void;
}

const DEFAULTS = {
  connections: 16,
  connectTimeoutMs: 5_000,
  readHeadersTimeoutMs: 8_000,
  writeHeadersTimeoutMs: 60_000,
  bodyTimeoutMs: 8_000,
  keepAliveMs: 4_000,
  maxRetries: 3,
  retryDelayMs: 300,
  busyDelayMs: 10_000,
  maxRetryAfterMs: 30_000,
  maxBodyBytes: 16 * 1024 * 1024,
  random: Math.random,
  onCall: () => undefined,
  toStatusError,
};
const MAX_RETRY_DELAY_MS = 5_000;
const CLOSE_GRACE_MS = 5_000;
const TIMED_OUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const CLOSED = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

/** Sends calls to the API and retries what may be retried; knows nothing of jobs. */
export class Transport {
  readonly #options: Required<Omit<TransportOptions, 'connector'>>;
  readonly #agent: Agent;
  readonly #origin: string;
  readonly #root: string;
  readonly #active = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #clockAheadMs: number | undefined;

  constructor(options: TransportOptions) {
    this.#options = { ...DEFAULTS, ...options };
    const url = new URL(options.baseUrl);
    this.#origin = url.origin;
    this.#root = url.pathname.replace(/\/+$/, '');
    this.#agent = new Agent({
      connections: this.#options.connections,
      pipelining: 1,
      keepAliveTimeout: this.#options.keepAliveMs,
      connect: options.connector ?? { timeout: this.#options.connectTimeoutMs },
    });
  }

  /** Milliseconds by which the server's clock is ahead of ours, by its last answer that said so; to the second. */
  get clockAheadMs(): number | undefined {
    return this.#clockAheadMs;
  }

  /** Sends and gives back a 2xx answer. @throws BackendError; the signal's reason where a read is aborted */
  async send(request: ApiRequest, control: CallControl): Promise<RawAnswer> {
    return this.#withRetries(request, control, async () => {
      const answer = await this.#readAnswer(request, await this.#dispatch(request, control.signal));
      if (answer.status >= 200 && answer.status < 300) return answer;
      if (answer.status === 409 && request.isConflictAnswer === true) return answer;
      throw this.#options.toStatusError(answer, this.#contextOf(request));
    });
  }

  /** Sends and gives back the body of a 200 as a stream, which must be consumed or destroyed. */
  async openStream(request: ApiRequest, control: CallControl): Promise<OpenedFile> {
    return this.#withRetries(request, control, async () => {
      const response = await this.#dispatch(request, control.signal);
      if (response.statusCode === 200) return toOpened(response);
      throw this.#options.toStatusError(await this.#readAnswer(request, response), this.#contextOf(request));
    });
  }

  /** Ends waits for a retry at once, lets calls under way end for up to five seconds, then cuts them. */
  async close(): Promise<void> {
    this.#closing.abort();
    const grace = new AbortController();
    const graceOver = this.#options.clock.sleep(CLOSE_GRACE_MS, grace.signal).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.#active), graceOver]);
    grace.abort();
    await this.#agent.destroy();
  }

  async #withRetries<T>(request: ApiRequest, control: CallControl, attempt: () => Promise<T>): Promise<T> {
    for (let retry = 0; ; retry += 1) {
      if (this.#closing.signal.aborted) throw new ClientClosedError({ endpoint: request.endpoint });
      control.signal.throwIfAborted();
      try {
        return await this.#track(this.#report(request, attempt()));
      } catch (thrown) {
        const error = this.#toError(thrown, request, control.signal);
        const waitMs = this.#waitBeforeRetry(error, request, retry);
        if (waitMs === undefined || this.#options.clock.monotonicMs() + waitMs >= control.deadlineAt()) throw error;
        const { endpoint, status, reason } = error;
        this.#options.logger.debug({ endpoint, status, reason, retry: retry + 1, waitMs }, 'API call is retried');
        await this.#sleep(waitMs, control.signal);
      }
    }
  }

  async #report<T>({ endpoint }: ApiRequest, attempt: Promise<T>): Promise<T> {
    const { clock, onCall } = this.#options;
    const startedAt = clock.monotonicMs();
    let status: number | undefined;
    try {
      const answer = await attempt;
      status = 200;
      return answer;
    } catch (thrown) {
      if (thrown instanceof BackendError) status = thrown.status;
      throw thrown;
    } finally {
      onCall({ endpoint, ms: clock.monotonicMs() - startedAt, ...compact({ status }) });
    }
  }

  async #track<T>(attempt: Promise<T>): Promise<T> {
    this.#active.add(attempt);
    try {
      return await attempt;
    } finally {
      this.#active.delete(attempt);
    }
  }

  /** Ends early without a word when the call or the client ends: the next turn says which. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, AbortSignal.any([signal, this.#closing.signal])).catch(() => undefined);
  }

  async #dispatch(request: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const response = await this.#ask(request, signal);
    const saidAt = Date.parse(headerOf(response, 'date') ?? '');
    if (!Number.isNaN(saidAt)) this.#clockAheadMs = saidAt - this.#options.clock.now();
    return response;
  }

  #ask(request: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { secretHeaders, writeHeadersTimeoutMs, readHeadersTimeoutMs, bodyTimeoutMs } = this.#options;
    const hasBody = request.body !== undefined;
    return this.#agent.request({
      origin: this.#origin,
      path: `${this.#root}${request.path}`,
      method: request.method,
      headers: {
        ...secretHeaders,
        accept: request.isMedia === true ? '*/*' : 'application/json',
        'accept-encoding': request.isMedia === true ? 'identity' : ACCEPTED_ENCODINGS,
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      body: hasBody ? JSON.stringify(request.body) : null,
      headersTimeout: request.isWrite ? writeHeadersTimeoutMs : readHeadersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
      signal,
    });
  }

  async #readAnswer(request: ApiRequest, response: Dispatcher.ResponseData): Promise<RawAnswer> {
    const answer = { status: response.statusCode, headers: response.headers };
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of toDecodedBody(response.body, response.headers)) {
      size += chunk.length;
      if (size > this.#options.maxBodyBytes) {
        throw new BodyTooLargeError(toFacts({ ...answer, text: '' }, this.#contextOf(request)));
      }
      chunks.push(chunk);
    }
    return { ...answer, text: Buffer.concat(chunks, size).toString('utf8') };
  }

  #contextOf(request: ApiRequest) {
    return { ...request, nowMs: this.#options.clock.now() };
  }

  /** Only the name of what broke is kept: undici's own errors hold addresses and pieces of the body. */
  #toError(thrown: unknown, request: ApiRequest, signal: AbortSignal): BackendError {
    if (thrown instanceof BackendError && thrown !== signal.reason) return thrown;
    const reason = reasonOf(thrown);
    const facts = { endpoint: request.endpoint, ...compact({ reason }) };
    if (signal.aborted && request.isWrite) return new OutcomeUnknownError({ ...facts, reason: whyAborted(signal) });
    if (signal.aborted) throw signal.reason;
    if (wasNotSent(thrown, reason)) return new UnreachableError(facts);
    if (request.isWrite) return new OutcomeUnknownError(facts);
    if (CLOSED.has(reason ?? '')) return new ClientClosedError(facts);
    if (TIMED_OUT.has(reason ?? '')) return new TimedOutError(facts);
    return new ConnectionLostError(facts);
  }

  /** The money rule: a write goes out again only when it was refused before anything was sent, or by a 429. */
  #waitBeforeRetry(error: BackendError, request: ApiRequest, retry: number): number | undefined {
    const { maxRetries, retryDelayMs, busyDelayMs, maxRetryAfterMs, random } = this.#options;
    if (error.reason === PRIVATE_ADDRESS) return undefined;
    const isRetried = request.isWrite ? isRetriedForWrite(error) : isRetriedForRead(error);
    const isBusy = error instanceof BusyError || error instanceof RateLimitedError;
    if (!isRetried || retry >= maxRetries || (isBusy && request.isBusyFinal === true)) return undefined;
    const backoffMs = toBackoffMs({ firstMs: retryDelayMs, maxMs: MAX_RETRY_DELAY_MS }, retry + 1);
    const ownMs = request.isWrite && isBusy ? busyDelayMs * (1 + 2 * random()) : backoffMs * (0.5 + random());
    if (error.retryAfterMs === undefined) return ownMs;
    return Math.min(maxRetryAfterMs, error.retryAfterMs) + random() * retryDelayMs;
  }
}

function toOpened({ body, headers }: Dispatcher.ResponseData): OpenedFile {
  const stream = toDecodedBody(body, headers);
  const contentType = headerOf({ headers }, 'content-type');
  const length = Number(headerOf({ headers }, 'content-length') ?? Number.NaN);
  // A length that the header gives counts what was compressed.
  const isKnown = stream === body && Number.isSafeInteger(length);
  return { stream, ...compact({ contentType, contentLength: isKnown ? length : undefined }) };
}

function isRetriedForWrite(error: BackendError): boolean {
  return error instanceof BusyError || error instanceof RateLimitedError || error instanceof UnreachableError;
}

/** A blocked account (596) stays blocked, so that error is thrown at once. */
function isRetriedForRead(error: BackendError): boolean {
  return (
    isRetriedForWrite(error) ||
    error instanceof ServerError ||
    error instanceof MayBeRunningError ||
    error instanceof TimedOutError ||
    error instanceof ConnectionLostError
  );
}

function whyAborted(signal: AbortSignal): string {
  return signal.reason instanceof TimedOutError ? 'deadline' : 'aborted';
}

function wasNotSent(thrown: unknown, reason: string | undefined): boolean {
  if (NOT_SENT_CODES.has(reason ?? '')) return true;
  return thrown instanceof Error && Reflect.get(thrown, 'syscall') === 'connect';
}

function reasonOf(thrown: unknown): string | undefined {
  const code: unknown = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : undefined;
}
