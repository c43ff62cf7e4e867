import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it arrived, whole. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The socket's number, counted from 1. */
  readonly connection: number;
}

export interface ApiServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Resolves when `count` requests have arrived since the start. */
  untilRequests(count: number): Promise<void>;
  close(): Promise<void>;
}

export type Handler = (response: ServerResponse, request: SeenRequest, socket: Socket) => void | Promise<void>;

/** A real HTTP server on loopback that keeps what arrives and answers by `handler`. */
export async function startApiServer(handler: Handler): Promise<ApiServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Map<Socket, number>();
  let watchers: { readonly count: number; resolve(): void }[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray().catch(() => [])).join('');
    const seen = toSeen(request, body, sockets.get(request.socket) ?? 0);
    requests.push(seen);
    for (const watcher of watchers.filter(({ count }) => requests.length >= count)) watcher.resolve();
    watchers = watchers.filter(({ count }) => requests.length < count);
    await handler(response, seen, request.socket);
  });
  server.on('connection', (socket) => sockets.set(socket, sockets.size + 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async untilRequests(count) {
      if (requests.length >= count) return;
      await new Promise<void>((resolve) => {
        watchers.push({ count, resolve });
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toSeen(request: IncomingMessage, body: string, connection: number): SeenRequest {
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, connection };
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
