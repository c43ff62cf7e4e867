import { UseapiClient, type UseapiClientOptions } from '../../../src/backends/useapi/client.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FakeClock } from '../../fake-clock.ts';
import { type ApiServer, type Handler, startApiServer } from '../api-server.ts';
import { TOKEN } from './records.ts';

export interface ClientRig {
  readonly server: ApiServer;
  readonly clock: FakeClock;
  readonly client: UseapiClient;
}

/** Makes clients on servers of their own, and closes them all. */
export class ClientRigs {
  readonly #open: { close(): Promise<void> }[] = [];

  async start(handler: Handler, options: Partial<UseapiClientOptions> = {}): Promise<ClientRig> {
    const server = await startApiServer(handler);
    this.#open.push(server);
    const { client, clock } = this.connect(server.url, options);
    return { server, clock, client };
  }

  connect(url: string, options: Partial<UseapiClientOptions> = {}): { client: UseapiClient; clock: FakeClock } {
    const clock = new FakeClock();
    const common = { baseUrl: url, token: TOKEN, clock, logger: silentLogger, random: () => 0.5 };
    const client = new UseapiClient({ ...common, ...options });
    this.#open.push(client);
    return { client, clock };
  }

  async close(): Promise<void> {
    for (const thing of this.#open.splice(0)) await thing.close();
  }
}

/** What a promise rejects with; fails where it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
