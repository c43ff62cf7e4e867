import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { loadOwnAccountOpener } from '../../src/app/open-accounts.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';

it('reads no more than a few megabytes of what a server’s own account answers', async () => {
  const { promise: isListening, resolve } = Promise.withResolvers<void>();
  const body = JSON.stringify(['x'.repeat(5 * 1024 * 1024)]);
  const server = createServer((_request, response) => response.writeHead(200).end(body)).listen(
    0,
    '127.0.0.1',
    resolve,
  );
  await isListening;
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const config = { ownAccounts: { keys: [], allowsPrivate: true }, mediaHosts: [] };
  const open = await loadOwnAccountOpener(config, { clock: systemClock, logger: silentLogger });
  const backend = open({ kind: 'useapi', url, secret: 's' });

  await expect(backend.listRunning('v2')).rejects.toMatchObject({ code: 'backend-body-too-large' });

  await backend.close();
  server.close();
});
