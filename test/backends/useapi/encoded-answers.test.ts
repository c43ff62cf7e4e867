import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ClientRigs, rejection } from './client-rig.ts';
import { V3_ID, v3Job } from './records.ts';

const rigs = new ClientRigs();
afterEach(() => rigs.close());

const TEXT = JSON.stringify(v3Job);
const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };
const toRead = async (body: Uint8Array | string, headers: Record<string, string>, status = 200) => {
  const { client, server } = await rigs.start((response) => void response.writeHead(status, headers).end(body), {
    maxRetries: 0,
    maxBodyBytes: 100_000,
  });
  return { reading: client.readJob(V3_ID), server };
};

describe('an answer that is wrapped', () => {
  it.each(Object.entries(ENCODERS))('is read as %s, which is asked for', async (name, encode) => {
    const { reading, server } = await toRead(encode(TEXT), { 'content-encoding': name });

    expect(await reading).toMatchObject({ jobid: V3_ID });
    expect(String(server.requests[0]?.headers['accept-encoding'])).toContain(name);
  });

  it('is read in two encodings, one around the other', async () => {
    const { reading } = await toRead(brotliCompressSync(gzipSync(TEXT)), { 'content-encoding': 'gzip, br' });

    expect(await reading).toMatchObject({ jobid: V3_ID });
  });

  it.each(['application/json', 'text/plain; charset=utf-8', 'application/octet-stream'])(
    'is read with a byte order mark, as %s',
    async (type) => {
      const { reading } = await toRead(`\uFEFF${TEXT}`, { 'content-type': type });

      expect(await reading).toMatchObject({ jobid: V3_ID });
    },
  );

  it('gives its error as if it were not', async () => {
    const { reading } = await toRead(gzipSync('{"error":"Job not found"}'), { 'content-encoding': 'gzip' }, 404);

    expect(await rejection(reading)).toMatchObject({ code: 'backend-not-found' });
  });

  it('is refused where it is too large once it is unpacked', async () => {
    const { reading } = await toRead(gzipSync(`"${'x'.repeat(200_000)}"`), { 'content-encoding': 'gzip' });

    expect(await rejection(reading)).toMatchObject({ code: 'backend-body-too-large' });
  });

  it('is lost where it is damaged or cut', async () => {
    const whole = gzipSync(TEXT);
    for (const body of [whole.subarray(0, whole.length / 2), Buffer.from('no gzip at all')]) {
      const { reading } = await toRead(body, { 'content-encoding': 'gzip' });

      expect(await rejection(reading)).toMatchObject({ code: 'backend-connection-lost' });
    }
  });

  it('is not its format in an encoding that nobody knows', async () => {
    const { reading } = await toRead('???', { 'content-encoding': 'rot13', 'content-type': 'application/json' });

    expect(await rejection(reading)).toMatchObject({ code: 'backend-invalid-json' });
  });
});
