import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import { closeListener, type ListenAddress, listenOn } from '../shared/listen-address.ts';
import { CallbackAllowance, type CallbackLimits } from './callback-allowance.ts';
import { readBody } from './callback-body.ts';

export interface CallbackListenerOptions {
  /** Which submission a path names; undefined: there is nothing at this path. */
  readonly findRef: (path: string) => Promise<string | undefined>;
  /** Takes what a backend sent, of which nothing is believed, or undefined where that was not read; must not throw. */
  readonly onCall: (ref: string, body: unknown) => void;
  /** Bytes a body may have; default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Milliseconds in which a request must have arrived whole; default 5,000. */
  readonly requestLimitMs?: number;
  /** Connections at once, more are cut; default 256. */
  readonly maxConnections?: number;
  /** What each submission, and all together, may send. */
  readonly limits?: CallbackLimits;
  readonly clock: Clock;
}

const MAX_BODY_BYTES = 1024 * 1024;
const REQUEST_LIMIT_MS = 5_000;
const MAX_CONNECTIONS = 256;
const MAX_HEADER_BYTES = 8 * 1024;
/** How often Node looks for connections that are too slow. */
const CHECKS_PER_LIMIT = 10;

/** Takes calls of backends over HTTP; all that is no such call gets 404 and no word more. */
export class CallbackListener {
  readonly #options: Required<CallbackListenerOptions>;
  readonly #server: Server;
  readonly #allowance: CallbackAllowance;

  constructor(options: CallbackListenerOptions) {
    this.#options = {
      maxBodyBytes: MAX_BODY_BYTES,
      requestLimitMs: REQUEST_LIMIT_MS,
      maxConnections: MAX_CONNECTIONS,
      limits: {},
      ...options,
    };
    this.#allowance = new CallbackAllowance(this.#options.limits, options.clock);
    const { requestLimitMs, maxConnections } = this.#options;
    this.#server = createServer(
      {
        headersTimeout: requestLimitMs,
        requestTimeout: requestLimitMs,
        keepAliveTimeout: requestLimitMs,
        connectionsCheckingInterval: Math.ceil(requestLimitMs / CHECKS_PER_LIMIT),
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => void this.#take(request, response),
    );
    this.#server.maxConnections = maxConnections;
    // A connection on which nothing comes at all.
    this.#server.setTimeout(requestLimitMs);
    this.#server.on('checkContinue', (request, response) => void this.#take(request, response, true));
    this.#server.on('upgrade', (_request, socket) => socket.destroy());
  }

  /** Resolves to the port. @throws AppError `listen-failed` */
  start(address: ListenAddress, variable: string): Promise<number> {
    return listenOn(this.#server, address, variable);
  }

  stop(): Promise<void> {
    return closeListener(this.#server);
  }

  async #take(request: IncomingMessage, response: ServerResponse, isWaiting = false): Promise<void> {
    const isPost = request.method === 'POST';
    const ref = isPost ? await this.#options.findRef(request.url ?? '').catch(() => undefined) : undefined;
    if (ref === undefined) return refuse(request, response, 404);
    const leave = this.#allowance.enter(ref);
    if (leave === undefined) return this.#takeUnread(ref, request, response);
    try {
      if (isWaiting) response.writeContinue();
      await this.#takeBody(ref, request, response);
    } finally {
      leave();
    }
  }

  async #takeBody(ref: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { onCall, maxBodyBytes } = this.#options;
    const read = await readBody(request, maxBodyBytes, this.#allowance.beginBody());
    if (read === 'too-large') return refuse(request, response, 413);
    if (read === 'no-room') return this.#takeUnread(ref, request, response);
    if (read === 'broken') return void request.socket.destroy();
    onCall(ref, read.body);
    // Some servers count nothing but 200 as taken.
    response.writeHead(200, { 'content-length': 0 }).end();
  }

  /** The address alone says which job it is about, so that nothing is lost but an order. */
  #takeUnread(ref: string, request: IncomingMessage, response: ServerResponse): void {
    this.#options.onCall(ref, undefined);
    refuse(request, response, 429);
  }
}

/** Without a look at what else comes: the connection ends with the answer. */
function refuse(request: IncomingMessage, response: ServerResponse, status: 404 | 413 | 429): void {
  response.writeHead(status, { 'content-length': 0, connection: 'close' });
  response.end(() => request.socket.destroy());
}
