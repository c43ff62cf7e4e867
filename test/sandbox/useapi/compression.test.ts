import { afterEach, expect, it } from 'vitest';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
afterEach(() => api.close());

it.each(['gzip', 'deflate', 'br', 'zstd'] as const)(
  'compresses with %s on demand, which the client reads',
  async (encoding) => {
    api = await startApi({ switches: { encoding } });
    const jobid = api.world.startJob({ prompt: 'folded small' });
    const client = new UseapiClient({ baseUrl: api.url, token: api.token, clock: systemClock, logger: silentLogger });

    const plain = await fetch(`${api.url}/v3/midjourney/jobs`, {
      headers: { authorization: `Bearer ${api.token}`, 'accept-encoding': encoding },
    });

    expect(plain.headers.get('content-encoding')).toBe(encoding);
    expect(await client.readJob(jobid)).toMatchObject({ prompt: 'folded small' });
    expect(await client.listRunning('v3')).toMatchObject({ total: 1 });
    await client.close();
  },
);
