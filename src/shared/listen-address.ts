import type { Server } from 'node:http';
import { AppError } from './errors.ts';

/** Where a server of ours listens. */
export interface ListenAddress {
  /** A name or an address of this machine, IPv6 without brackets; `0.0.0.0` or `::` for all of them. */
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
}

/** Reasons for which a server does not listen, and what to do about them. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there. End it, or set another port',
  EACCES: 'this user may not listen there. Set a port from 1024',
  EADDRNOTAVAIL: 'this machine has no such address. Set one that it has',
  ENOTFOUND: 'this machine has no such address. Set one that it has',
};

/**
 * Listens; resolves to the port. @throws AppError `listen-failed`, which says what to do
 * @param variable What the operator has set the address by.
 */
export async function listenOn(server: Server, { host, port }: ListenAddress, variable: string): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
    const problem = PROBLEMS[code] ?? `the system refuses it (${code}). Set another address`;
    throw new AppError('listen-failed', `${variable}: ${problem}.`, { cause: thrown });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** `http://127.0.0.1:9464`, an IPv6 address in brackets. */
export function toHttpUrl({ host, port }: ListenAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Stops listening and cuts what is open. */
export async function closeListener(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
