import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../sandbox/midjourney/listen.ts';

/** Stands between one bot and a server on loopback, and says what passes. */
export class HttpRelay {
  readonly #server: Server;
  readonly #origin: URL;
  readonly #port: number;

  private constructor(server: Server, origin: URL, port: number) {
    this.#server = server;
    this.#origin = origin;
    this.#port = port;
  }

  /** @param heard Called with each request that arrives, before it is handed on, such as `GET /v3/midjourney/jobs`. */
  static async start(url: string, heard: (line: string) => void): Promise<HttpRelay> {
    const origin = new URL(url);
    const server = createServer((incoming, answer) => {
      heard(`${incoming.method} ${incoming.url}`);
      handOn(origin, incoming, answer);
    });
    return new HttpRelay(server, origin, await listen(server, 0));
  }

  /** An address of the server behind it, as the bot is given it. */
  toUrl(url: string): string {
    return url.replace(this.#origin.host, `127.0.0.1:${this.#port}`);
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }
}

function handOn(origin: URL, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, headers, url = '/' } = incoming;
  const onward = request(new URL(url, origin), { method, headers: { ...headers, host: origin.host } });
  onward.on('response', (received) => {
    answer.writeHead(received.statusCode ?? 502, received.headers);
    received.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
