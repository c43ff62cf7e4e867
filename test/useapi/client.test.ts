import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import { UseapiClient, type UseapiClientOptions } from '../../src/useapi/client.ts';
import { FakeClock } from '../fake-clock.ts';
import { type ApiServer, type Handler, sendJson, startApiServer } from './api-server.ts';
import { TOKEN, V2_ID, V3_ID, v2Job, v3Job, v3List } from './records.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function start(handler: Handler, options: Partial<UseapiClientOptions> = {}) {
  const server: ApiServer = await startApiServer(handler);
  const clock = new FakeClock();
  const client = new UseapiClient({
    baseUrl: server.url,
    token: TOKEN,
    clock,
    logger: silentLogger,
    random: () => 0.5,
    ...options,
  });
  open.push(server, client);
  return { server, clock, client };
}

describe('reading', () => {
  it('reads what runs in v3, with counts and limits per channel', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, v3List));

    const list = await client.listRunning('v3');

    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/v3/midjourney/jobs' });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(list).toMatchObject({ version: 'v3', total: 2, images: 2, videos: 0 });
    expect(list.channels[0]).toMatchObject({ apiChannel: '1234567890123456789', maxJobs: 3, total: 2 });
    expect(list.channels[0]?.jobs[0]).toEqual({
      jobid: V3_ID,
      version: 'v3',
      apiChannel: '1234567890123456789',
      jobType: 'image',
      createdAt: Date.UTC(2025, 9, 23, 14, 15, 20, 123),
    });
  });

  it('reads what runs in v2 from bare ids', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, [V2_ID]));

    const list = await client.listRunning('v2');

    expect(server.requests[0]?.path).toBe('/v2/jobs');
    expect(list).toMatchObject({ total: 1, channels: [{ apiChannel: '1122334455667788990', total: 1 }] });
    expect(list.channels[0]?.jobs[0]?.createdAt).toBe(Date.UTC(2025, 7, 22, 14, 38, 12, 123));
  });

  it('reads a v2 job by its encoded id', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, v2Job));

    const job = await client.readJob(V2_ID);

    expect(server.requests[0]?.path).toBe(`/v2/jobs/?jobid=${encodeURIComponent(V2_ID)}`);
    expect(job).toMatchObject({ jobid: V2_ID, version: 'v2', status: 'completed', buttons: v2Job.buttons });
    expect(JSON.stringify(job)).not.toContain('secured');
  });

  it('reads a v3 job by its encoded id', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, v3Job));

    const job = await client.readJob(V3_ID);

    expect(server.requests[0]?.path).toBe(`/v3/midjourney/jobs/${encodeURIComponent(V3_ID)}`);
    expect(job).toMatchObject({
      version: 'v3',
      prompt: 'a fox',
      button: 'U1',
      parentJobid: 'parent',
      replyRef: 'r-1',
      buttons: v3Job.response.buttons,
      messageId: '1522889900112233445',
      progressPercent: 100,
    });
  });
});
