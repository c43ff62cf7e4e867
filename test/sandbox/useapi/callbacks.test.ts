import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import type { Logger } from '../../../src/shared/logger.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { startApi, type TestApi } from './start-api.ts';

interface Callback {
  readonly jobid: string;
  readonly status: string;
  readonly replyRef?: string;
  readonly request?: { readonly replyRef?: string };
  readonly response?: { readonly replyRef?: string };
}

interface Receiver {
  readonly url: string;
  /** The first `count` callbacks, once they are there. */
  received(count: number): Promise<readonly Callback[]>;
  close(): void;
}

async function startReceiver(): Promise<Receiver> {
  const bodies: Callback[] = [];
  let wake: () => void = () => undefined;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      bodies.push(JSON.parse(text) as Callback);
      response.end();
      wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    async received(count) {
      while (bodies.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return bodies;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

let api: TestApi;
let receiver: Receiver;
afterEach(async () => {
  receiver.close();
  await api.close();
});

it('calls back at the end of a v2 job only', async () => {
  [api, receiver] = [await startApi(), await startReceiver()];
  const jobid = api.world.startJob({ version: 'v2', prompt: 'a cat', replyUrl: receiver.url, replyRef: 'mine' });

  api.world.advance(jobid, { to: 'progress', percent: 10 });
  api.world.advance(jobid, { to: 'completed' });
  const callbacks = await receiver.received(1);

  expect(callbacks).toMatchObject([{ jobid, status: 'completed', replyRef: 'mine' }]);
});

it('calls back at every event of a v3 job', async () => {
  [api, receiver] = [await startApi(), await startReceiver()];
  const jobid = api.world.startJob({ prompt: 'a cat', replyUrl: receiver.url, replyRef: 'mine' });

  api.world.advance(jobid, { to: 'started' });
  api.world.advance(jobid, { to: 'progress', percent: 10 });
  api.world.advance(jobid, { to: 'completed' });
  const callbacks = await receiver.received(4);

  expect(callbacks.map(({ status }) => status).sort()).toEqual(['completed', 'created', 'progress', 'started']);
});

it.each(['request', 'response', 'top', 'everywhere'] as const)('puts replyRef in its place: %s', async (place) => {
  [api, receiver] = [await startApi({ switches: { replyRefPlace: place } }), await startReceiver()];
  const jobid = api.world.startJob({ prompt: 'a cat', replyUrl: receiver.url, replyRef: 'mine' });
  api.world.advance(jobid, { to: 'completed' });

  const record = (await receiver.received(2)).find(({ status }) => status === 'completed');

  const is = (name: string) => (place === name || place === 'everywhere' ? 'mine' : undefined);
  expect(record?.request?.replyRef).toBe(is('request'));
  expect(record?.response?.replyRef).toBe(is('response'));
  expect(record?.replyRef).toBe(is('top'));
});

it('loses its calls, or sends each three times, where that is wanted', async () => {
  [api, receiver] = [await startApi({ switches: { callbacks: 'lost' } }), await startReceiver()];
  api.world.startJob({ prompt: 'lost', replyUrl: receiver.url, replyRef: 'lost' });
  api.world.setSwitches({ callbacks: 'repeated' });
  api.world.startJob({ prompt: 'a cat', replyUrl: receiver.url, replyRef: 'mine' });

  const callbacks = await receiver.received(3);

  expect(callbacks.map(({ request }) => request?.replyRef)).toEqual(['mine', 'mine', 'mine']);
});

it('does not call back beyond loopback, and says so in the log', async () => {
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger, info: (_, message) => lines.push(message) };
  [api, receiver] = [await startApi({ logger }), await startReceiver()];

  api.world.startJob({ prompt: 'a cat', replyUrl: 'http://192.0.2.1/hook' });
  api.world.startJob({ prompt: 'a cat', replyUrl: receiver.url });
  await receiver.received(1);

  expect(lines).toEqual(['callback not sent: the sandbox calls back on loopback only']);
});
