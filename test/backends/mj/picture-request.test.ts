import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MjStandIn, startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import type { MjFlavour } from '../../../sandbox/mj/mj-switches.ts';
import { PictureError } from '../../../src/backends/backend-errors.ts';
import type { SubmitPictures } from '../../../src/backends/contract.ts';
import { MjBackend } from '../../../src/backends/mj/mj-backend.ts';
import { toProblemSentence } from '../../../src/jobs/api-problems.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { rejection } from '../conformance.ts';

const MEGABYTE = 1_000_000;

describe('pictures for a Midjourney proxy', () => {
  let files: ApiServer;
  let server: MjStandIn;
  let backend: MjBackend;
  let png: Buffer;

  beforeEach(async () => {
    png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c60' } })
      .png()
      .toBuffer();
    files = await startApiServer((response, { path }) => {
      const [, name = '', size] = /^\/(\w+)(?:\.(\d+))?/.exec(path) ?? [];
      if (name === 'gone') return void response.writeHead(404).end();
      if (name === 'redirect') return void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
      const head = name === 'text' ? Buffer.from('<html></html>') : png;
      const rest = Buffer.alloc(size === undefined ? 0 : Number(size) * MEGABYTE);
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.concat([head, rest]));
    });
    await start('trueai');
  });
  afterEach(async () => {
    await backend.close();
    await server.close();
    await files.close();
  });

  async function start(flavour: MjFlavour): Promise<void> {
    server = await startMjStandIn({ speed: 0, switches: { flavour } });
    backend = new MjBackend({
      baseUrl: server.url,
      secret: server.secret,
      auth: flavour === 'new-api' ? 'bearer' : 'mj-api-secret',
      pictureHosts: [new URL(files.url).host],
      clock: systemClock,
      logger: silentLogger,
      maxRetries: 0,
    });
  }
  const submit = (pictures: SubmitPictures) => backend.submit({ board: 'mj', prompt: '/describe', pictures });
  const describeOf = (path: string) => submit({ verb: 'describe', url: `${files.url}/${path}` });
  const paid = () => server.requests.filter(({ path }) => path.startsWith('/mj/submit/'));

  it('are sent as their bytes, without the secret being shown to where they lie', async () => {
    const { jobid } = await submit({
      verb: 'blend',
      urls: [`${files.url}/one`, `${files.url}/two`],
      shape: 'Portrait',
    });

    const summary = `data:image/png;base64,${png.length}`;
    expect(server.world.find(jobid)).toMatchObject({ verb: 'blend', blendUrls: [summary, summary] });
    expect(server.world.find(jobid)?.blendDimensions).toBe('Portrait');
    expect(files.requests.map(({ path }) => path)).toEqual(['/one', '/two']);
    expect(JSON.stringify(files.requests)).not.toContain(server.secret);
  });

  it.each([
    ['that is gone', () => describeOf('gone')],
    ['that is no picture', () => describeOf('text')],
    ['that is too large', () => describeOf('large.11')],
    ['behind a redirect', () => describeOf('redirect')],
    ['on a host that is not allowed', () => submit({ verb: 'describe', url: 'http://169.254.169.254/fox.png' })],
    ['at the server itself', () => submit({ verb: 'describe', url: `${server.url}/image/1700000000000123` })],
    [
      'too many that are large',
      () => submit({ verb: 'blend', urls: [1, 2, 3].map((n) => `${files.url}/large${n}.9`) }),
    ],
  ])('are not sent where there is one %s, and nothing is paid', async (_what, call) => {
    const error = await rejection(call());

    if (!(error instanceof PictureError)) throw error;
    expect(error.mayHaveWritten).toBe(false);
    expect(toProblemSentence(error)).toContain('Upload it to Discord');
    expect(paid()).toEqual([]);
  });

  it('are described by four prompts, of which a number starts the one that it names', async () => {
    const { jobid } = await describeOf('fox');
    server.world.advance(jobid, { to: 'completed' });
    const described = await backend.readJob(jobid);

    const press = await backend.press({ jobid, button: '2️⃣' });

    expect(described.buttons).toContain('2️⃣');
    if (press.outcome !== 'created') throw new Error('It made no job.');
    expect(server.world.find(press.job.jobid)?.prompt).toBe('a picture in other words, version 2 --ar 1:1');
  });
});
