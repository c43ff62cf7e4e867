import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { closeListener, listenOn, toHttpUrl } from '../../src/shared/listen-address.ts';

describe('the address on which a server listens', () => {
  it('is said to be taken by what was set, and what to do', async () => {
    const [first, second] = [createServer(), createServer()];
    const port = await listenOn(first, { host: '127.0.0.1', port: 0 }, 'X_LISTEN');

    await expect(listenOn(second, { host: '127.0.0.1', port }, 'X_LISTEN')).rejects.toMatchObject({
      code: 'listen-failed',
      message: 'X_LISTEN: another program listens there. End it, or set another port.',
    });

    await closeListener(first);
    await listenOn(second, { host: '127.0.0.1', port }, 'X_LISTEN');
    await closeListener(second);
  });

  it('is written as an address of the web', () => {
    expect(toHttpUrl({ host: '127.0.0.1', port: 9464 })).toBe('http://127.0.0.1:9464');
    expect(toHttpUrl({ host: '::1', port: 80 })).toBe('http://[::1]:80');
  });
});
