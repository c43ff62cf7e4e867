import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on loopback, and can cut, refuse and fall silent. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #target: { readonly host: string; readonly port: number };
  /** Connections to the server whose client is gone. */
  readonly #halves = new Set<Socket>();
  #refuses = false;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(host: string, port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host, port });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const { port } = this.#server.address() as AddressInfo;
    return port;
  }

  /** How many connections there are now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Ends every connection at once, as a crash of the server does. */
  cut(): void {
    for (const [client, server] of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Ends every connection and lets none be made until `accept`. */
  refuse(): void {
    this.#refuses = true;
    this.cut();
  }

  accept(): void {
    this.#refuses = false;
  }

  /** Hands nothing on any more of what the server says: the connections stay open. */
  fallSilent(): void {
    for (const [, server] of this.#pairs) server.pause();
  }

  /** Ends the clients' halves of all connections; the server hears nothing of it, and keeps what it holds for them. */
  halve(): void {
    for (const pair of this.#pairs) {
      const [client, server] = pair;
      this.#pairs.delete(pair);
      this.#halves.add(server);
      client.removeAllListeners('close').resetAndDestroy();
      server.on('close', () => this.#halves.delete(server));
    }
  }

  /** Ends every connection, and leads to another port from now on. */
  leadTo(port: number): void {
    this.#target = { ...this.#target, port };
    this.cut();
  }

  async close(): Promise<void> {
    for (const server of this.#halves) server.destroy();
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.#refuses) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target.port, this.#target.host);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => client.write(chunk));
    for (const [socket, other] of [pair, [server, client] as const]) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  }
}
