import type { Readable } from 'node:stream';
import type { Backend } from '../backends/contract.ts';
import { Agent } from '../backends/http/http-agent.ts';
import { PRIVATE_ADDRESS, publicConnector } from '../backends/http/public-connector.ts';
import { AllowedHosts } from '../shared/allowed-hosts.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { MediaPlace, MediaSource } from './media-file.ts';
import { MediaProblem } from './media-problem.ts';
import { mediaWords } from './words.ts';

/** Opens the files that lie behind a backend. */
export type MediaProxy = Pick<Backend, 'opensMedia' | 'openMedia'>;

/** Bytes on their way; `stream` must be consumed or destroyed. */
export interface OpenedMedia {
  readonly stream: Readable;
  /** Bytes, as the header says. */
  readonly contentLength?: number;
}

export interface MediaOpenerOptions {
  /** `host` or `host:port`: https, or http where that host is loopback. */
  readonly allowedHosts: readonly string[];
  readonly proxy: MediaProxy;
  readonly clock: Clock;
  /** Sockets per host. */
  readonly connections: number;
  /**
   * Whether somebody else than the operator runs the server of a board: what its records name is fetched from public
   * addresses alone, also where its host is allowed. Default: nobody does.
   */
  readonly isGuarded?: ((board: string) => boolean) | undefined;
}

const MAX_REDIRECTS = 3;
const TRIES = 2;
const RETRY_DELAY_MS = 500;
const TIMEOUT_MS = 10_000;

/** Opens files where they are: from allowed hosts directly, from `cdn.midjourney.com` through the API. */
export class MediaOpener {
  readonly #hosts: AllowedHosts;
  readonly #options: MediaOpenerOptions;
  readonly #agent: Agent;
  readonly #guardedAgent: Agent;

  constructor(options: MediaOpenerOptions) {
    this.#options = options;
    this.#hosts = new AllowedHosts(options.allowedHosts);
    const timeoutMs = TIMEOUT_MS / 2;
    const limits = {
      connections: options.connections,
      pipelining: 1,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    };
    this.#agent = new Agent({ ...limits, connect: { timeout: timeoutMs } });
    this.#guardedAgent = new Agent({ ...limits, connect: publicConnector({ timeoutMs }) });
  }

  /** From the first place that has it. @throws MediaProblem, BackendError of the first place */
  async open(source: MediaSource, signal: AbortSignal): Promise<OpenedMedia> {
    const { board = '' } = source;
    try {
      return await this.#openAt(source, board, signal);
    } catch (error) {
      for (const place of source.fallbacks ?? []) {
        signal.throwIfAborted();
        const opened = await this.#openAt(place, board, signal).catch(() => undefined);
        if (opened !== undefined) return opened;
      }
      throw error;
    }
  }

  async #openAt(place: MediaPlace, board: string, signal: AbortSignal): Promise<OpenedMedia> {
    const { proxy } = this.#options;
    if (place.via === 'proxy' || proxy.opensMedia(board, place.url))
      return proxy.openMedia(board, place.url, { signal });
    const url = this.#allowed(place.url, undefined);
    const agent = this.#options.isGuarded?.(board) === true ? this.#guardedAgent : this.#agent;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#follow(url, agent, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof AppError && error.code === PRIVATE_ADDRESS)
          throw new MediaProblem('media-host', mediaWords.hostNotAllowed);
        const isLast = attempt >= TRIES || (error instanceof MediaProblem && !error.isPassing);
        if (isLast) throw error instanceof MediaProblem ? error : unreachable();
        await this.#options.clock.sleep(RETRY_DELAY_MS, signal);
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#guardedAgent.destroy()]);
  }

  async #follow(from: URL, agent: Agent, signal: AbortSignal): Promise<OpenedMedia> {
    let url = from;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const path = `${url.pathname}${url.search}`;
      const response = await agent.request({ origin: url.origin, path, method: 'GET', signal });
      const { statusCode, headers, body } = response;
      if (statusCode === 200) return toOpened(body, headers['content-length']);
      body.on('error', () => undefined).destroy();
      if (statusCode < 300 || statusCode >= 400) throw toProblem(statusCode);
      url = this.#allowed(String(headers['location'] ?? ''), url);
    }
    throw new MediaProblem('media-redirects', mediaWords.endlessRedirects);
  }

  #allowed(address: string, base: URL | undefined): URL {
    const url = URL.parse(address, base);
    if (url === null) throw new MediaProblem('media-address', mediaWords.badAddress);
    if (this.#hosts.allows(url)) return url;
    const reason = base === undefined ? mediaWords.hostNotAllowed : mediaWords.redirectNotAllowed;
    throw new MediaProblem('media-host', reason);
  }
}

function toOpened(stream: Readable, header: string | string[] | undefined): OpenedMedia {
  const contentLength = Number(typeof header === 'string' ? header : Number.NaN);
  return { stream, ...(Number.isSafeInteger(contentLength) ? { contentLength } : {}) };
}

function toProblem(status: number): MediaProblem {
  if (status === 403 || status === 404 || status === 410) {
    return new MediaProblem('media-gone', mediaWords.linkGone, { status });
  }
  const isPassing = status === 429 || status >= 500;
  const reason = isPassing ? mediaWords.serverTrouble : mediaWords.serverRefused;
  return new MediaProblem('media-status', reason, { isPassing, status });
}

function unreachable(): MediaProblem {
  return new MediaProblem('media-unreachable', mediaWords.serverUnreachable);
}
