import type { LookupFunction } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startUseapiStandIn, type UseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import { PRIVATE_ADDRESS, publicConnector } from '../../../src/backends/http/public-connector.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

const MISSING = Object.assign(new Error('There is no such name.'), { code: 'ENOTFOUND' });

describe('a connector to public addresses alone', () => {
  let server: UseapiStandIn;
  /** What each lookup of a name answers, one after the other. */
  let answers: (readonly string[])[];

  beforeEach(async () => {
    server = await startUseapiStandIn({ speed: 0 });
    answers = [];
  });
  afterEach(() => server.close());

  const lookup: LookupFunction = (_name, { all }, callback) => {
    const addresses = (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const [first] = addresses;
    if (first === undefined) return callback(MISSING, '');
    if (all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  };

  async function list(host: string): Promise<unknown> {
    const { port } = new URL(server.url);
    const connector = publicConnector({ timeoutMs: 300, lookup });
    const options = { baseUrl: `http://${host}:${port}`, token: server.token, maxRetries: 0, readDeadlineMs: 2_000 };
    const client = new UseapiClient({ ...options, connector, clock: systemClock, logger: silentLogger });
    try {
      return await client.listRunning('v3');
    } finally {
      await client.close();
    }
  }

  it.each(['127.0.0.1', '127.1', '[::1]', '0x7f000001', 'localhost'])('makes no call to %s', async (host) => {
    await expect(list(host)).rejects.toMatchObject({ code: 'backend-unreachable', reason: PRIVATE_ADDRESS });

    expect(server.requests).toEqual([]);
  });

  it.each([[['127.0.0.1']], [['::1']], [['::ffff:127.0.0.1']], [['93.184.215.14', '10.0.0.1']], [['fd00::1']]])(
    'makes no call to a name that leads to %j',
    async (addresses) => {
      answers = [addresses];

      await expect(list('evil.example.org')).rejects.toMatchObject({ reason: PRIVATE_ADDRESS });

      expect(server.requests).toEqual([]);
    },
  );

  it('looks a name up anew for each connection, so that its owner cannot have it checked and then move it', async () => {
    answers = [[], ['127.0.0.1']];

    const reasons = [await list('evil.example.org').catch(reasonOf), await list('evil.example.org').catch(reasonOf)];

    expect(reasons).toEqual(['ENOTFOUND', PRIVATE_ADDRESS]);
    expect(server.requests).toEqual([]);
  });

  it('says of a name that there is not that it cannot be reached', async () => {
    await expect(list('nowhere.example.org')).rejects.toMatchObject({ reason: 'ENOTFOUND' });
  });
});

function reasonOf(thrown: unknown): unknown {
  return thrown instanceof Error ? Reflect.get(thrown, 'reason') : undefined;
}
