import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toErrorMessage } from '../shared/errors.ts';
import { closeListener, type ListenAddress, listenOn, toHttpUrl } from '../shared/listen-address.ts';
import type { Logger } from '../shared/logger.ts';
import { isLoopback } from '../shared/loopback.ts';

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What is served, by its path. */
export type Pages = Readonly<Record<string, () => Promise<Page>>>;

export interface HealthServerOptions extends ListenAddress {
  readonly pages: Pages;
  readonly logger: Logger;
}

const MAX_CONNECTIONS = 32;
const MAX_HEADER_BYTES = 8 * 1_024;
const REQUEST_MS = 5_000;
const TEXT = 'text/plain; charset=utf-8';
const NOT_FOUND: Page = { status: 404, type: TEXT, body: 'not found\n' };
const NOT_ALLOWED: Page = { status: 405, type: TEXT, body: 'only GET and HEAD\n' };
const FOREIGN: Page = { status: 403, type: TEXT, body: 'ask by the address of this machine\n' };
const FAILED: Page = { status: 500, type: TEXT, body: 'failed\n' };

/** Serves a few pages by GET and HEAD, one request a connection. */
export class HealthServer {
  readonly #server: Server;
  readonly #options: HealthServerOptions;

  private constructor(options: HealthServerOptions) {
    this.#options = options;
    const limits = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS };
    this.#server = createServer({ ...limits, connectionsCheckingInterval: REQUEST_MS }, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** @throws AppError `listen-failed` with a sentence for whoever runs the bot */
  static async listen(options: HealthServerOptions): Promise<HealthServer> {
    const server = new HealthServer(options);
    await listenOn(server.#server, options, 'HEALTH_LISTEN');
    return server;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return toHttpUrl({ host: address, port });
  }

  close(): Promise<void> {
    return closeListener(this.#server);
  }

  /** Never rejects. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.#toPage(request);
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
      ...(status === NOT_ALLOWED.status ? { allow: 'GET, HEAD' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #toPage({ method, url = '/', headers }: IncomingMessage): Promise<Page> {
    if (method !== 'GET' && method !== 'HEAD') return NOT_ALLOWED;
    if (this.#isForeign(headers.host)) return FOREIGN;
    const [path = '/'] = url.split('?');
    const page = Object.hasOwn(this.#options.pages, path) ? this.#options.pages[path] : undefined;
    if (page === undefined) return NOT_FOUND;
    try {
      return await page();
    } catch (thrown) {
      this.#options.logger.error({ path, error: toErrorMessage(thrown) }, 'A page of health could not be made.');
      return FAILED;
    }
  }

  /** A web page may have its own name lead to loopback, to read in a browser of this machine what is served here. */
  #isForeign(host = ''): boolean {
    return isLoopback(this.#options.host) && !isLoopback(host.replace(/:\d+$/, ''));
  }
}
