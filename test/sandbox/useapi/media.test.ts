import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { HeldClock, startApi, type TestApi } from './start-api.ts';

const PROXY = '/v1/proxy/cdn-midjourney/?cdnUrl=';

let api: TestApi;
afterEach(() => api.close());

async function completed(prompt: string, more: object = {}) {
  const jobid = api.world.startJob({ prompt, ...more });
  api.world.advance(jobid, { to: 'completed' });
  return (await api.call('GET', `/v3/midjourney/jobs/${jobid}`)).body.response;
}

async function fetchProxied(url: string) {
  const response = await fetch(api.url + PROXY + encodeURIComponent(url), {
    headers: { authorization: `Bearer ${api.token}` },
  });
  return { status: response.status, type: response.headers.get('content-type'), bytes: await response.bytes() };
}

describe('attachments', () => {
  it('are webp grids in the ratio of the prompt', async () => {
    api = await startApi();
    const { attachments } = await completed('a cat <b>&"\u0000 日本 --ar 3:2');

    const response = await fetch(attachments[0].url);
    const meta = await sharp(Buffer.from(await response.bytes())).metadata();

    expect(new URL(attachments[0].url).host).toBe(api.mediaHost);
    expect(meta).toMatchObject({ format: 'webp', width: 1024, height: 683 });
    expect(attachments[0]).toMatchObject({ width: 1024, height: 683, content_type: 'image/webp' });
  });

  it('differ by prompt and are the same for the same one', async () => {
    api = await startApi({ maxJobs: 9 });
    const jobs = [await completed('a cat'), await completed('a dog'), await completed('a cat')];

    const [cat, dog, sameCat] = await Promise.all(
      jobs.map(async ({ attachments }) => Buffer.from(await (await fetch(attachments[0].url)).bytes())),
    );

    expect(cat?.equals(sameCat ?? Buffer.of())).toBe(true);
    expect(cat?.equals(dog ?? Buffer.of())).toBe(false);
  });

  it('answer 404 when unsigned, forged or expired', async () => {
    const clock = new HeldClock();
    api = await startApi({ clock });
    const { attachments } = await completed('a cat');
    const url: string = attachments[0].url;
    const statusOf = async (address: string) => (await fetch(address)).status;

    expect(await statusOf(url)).toBe(200);
    expect(await statusOf(url.split('?')[0] ?? '')).toBe(404);
    expect(await statusOf(url.replace(/ex=[0-9a-f]+/, 'ex=ffffffff'))).toBe(404);
    await clock.pass(24 * 60 * 60 * 1000 + 1000);
    expect(await statusOf(url)).toBe(404);
  });

  it('are larger for upscales', async () => {
    api = await startApi();
    const upscale = await completed('a cat', { kind: 'upscale' });
    const large = await completed('a cat', { kind: 'large-upscale' });

    const bytes = await (await fetch(large.attachments[0].url)).bytes();

    expect([upscale.attachments[0].width, large.attachments[0].width]).toEqual([1280, 2048]);
    expect((await sharp(Buffer.from(bytes)).metadata()).width).toBe(2048);
  });
});

describe('proxy', () => {
  it('gives four different single pictures', async () => {
    api = await startApi();
    const { imageUx } = await completed('a cat');

    const answers = await Promise.all(imageUx.map(({ url }: { url: string }) => fetchProxied(url)));
    const metas = await Promise.all(answers.map(({ bytes }) => sharp(Buffer.from(bytes)).metadata()));

    expect(answers.map(({ status, type }) => [status, type])).toEqual(Array(4).fill([200, 'image/jpeg']));
    expect(metas.map(({ format, width }) => [format, width])).toEqual(Array(4).fill(['jpeg', 1024]));
    expect(new Set(answers.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).size).toBe(4);
  });

  it('gives an mp4 for a video', async () => {
    api = await startApi();
    const { videoUx } = await completed('a cat --video');

    const { status, type, bytes } = await fetchProxied(videoUx[3].url);

    expect([status, type]).toEqual([200, 'video/mp4']);
    expect(Buffer.from(bytes.subarray(4, 8)).toString()).toBe('ftyp');
    expect(bytes.length).toBeLessThan(60_000);
  });

  it('demands token and prefix', async () => {
    api = await startApi();
    const { imageUx } = await completed('a cat');

    expect((await api.call('GET', PROXY + imageUx[0].url, undefined, 'wrong')).status).toBe(401);
    expect((await api.call('GET', '/v1/proxy/cdn-midjourney/')).status).toBe(400);
    expect((await api.call('GET', `${PROXY}https://evil.example/x`)).status).toBe(400);
    expect((await api.call('GET', `${PROXY}https://cdn.midjourney.com.evil.example/x`)).status).toBe(400);
    expect((await api.call('GET', `${PROXY}https://cdn.midjourney.com/unknown/0_0.jpeg`)).status).toBe(404);
  });
});
