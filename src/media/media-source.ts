import type { Readable } from 'node:stream';
import { Agent } from '../backends/useapi/http-agent.ts';
import type { Clock } from '../shared/clock.ts';
import { AllowedHosts } from './allowed-hosts.ts';
import type { MediaSource } from './media-file.ts';
import { MediaProblem } from './media-problem.ts';

/** The API's media proxy, as `UseapiClient` offers it. */
export interface MediaProxy {
  fetchProxied(url: string, options: { readonly signal: AbortSignal }): Promise<OpenedMedia>;
}

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

  constructor(options: MediaOpenerOptions) {
    this.#options = options;
    this.#hosts = new AllowedHosts(options.allowedHosts);
    this.#agent = new Agent({
      connections: options.connections,
      pipelining: 1,
      connect: { timeout: TIMEOUT_MS / 2 },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /** @throws MediaProblem, UseapiError */
  async open(source: MediaSource, signal: AbortSignal): Promise<OpenedMedia> {
    if (source.via === 'proxy') return this.#options.proxy.fetchProxied(source.url, { signal });
    const url = this.#allowed(source.url, undefined);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#follow(url, signal);
      } catch (error) {
        signal.throwIfAborted();
        const isLast = attempt >= TRIES || (error instanceof MediaProblem && !error.isPassing);
        if (isLast) throw error instanceof MediaProblem ? error : unreachable();
        await this.#options.clock.sleep(RETRY_DELAY_MS, signal);
      }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #follow(from: URL, signal: AbortSignal): Promise<OpenedMedia> {
    let url = from;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const path = `${url.pathname}${url.search}`;
      const response = await this.#agent.request({ origin: url.origin, path, method: 'GET', signal });
      const { statusCode, headers, body } = response;
      if (statusCode === 200) return toOpened(body, headers['content-length']);
      body.on('error', () => undefined).destroy();
      if (statusCode < 300 || statusCode >= 400) throw toProblem(statusCode);
      url = this.#allowed(String(headers['location'] ?? ''), url);
    }
    throw new MediaProblem('media-redirects', 'its server redirects without end');
  }

  #allowed(address: string, base: URL | undefined): URL {
    const url = URL.parse(address, base);
    if (url === null) throw new MediaProblem('media-address', 'its address cannot be read');
    if (this.#hosts.allows(url)) return url;
    const reason =
      base === undefined ? 'it lies on a host that is not allowed' : 'it redirects to a host that is not allowed';
    throw new MediaProblem('media-host', reason);
  }
}

function toOpened(stream: Readable, header: string | string[] | undefined): OpenedMedia {
  const contentLength = Number(typeof header === 'string' ? header : Number.NaN);
  return { stream, ...(Number.isSafeInteger(contentLength) ? { contentLength } : {}) };
}

function toProblem(status: number): MediaProblem {
  if (status === 403 || status === 404 || status === 410) {
    return new MediaProblem('media-gone', 'its link has expired or it is not there any more');
  }
  return new MediaProblem('media-status', `its server answered ${status}`, status === 429 || status >= 500);
}

function unreachable(): MediaProblem {
  return new MediaProblem('media-unreachable', 'its server could not be reached');
}
