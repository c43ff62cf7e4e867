import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';
import { type ApiEnv, type ApiRequest, sendJson } from '../midjourney/http.ts';
import { isSignedPath } from '../midjourney/picture-paths.ts';
import type { SandboxJob } from '../midjourney/sandbox-job.ts';
import type { ApiContext } from './api-context.ts';

const PREFIX = 'https://cdn.midjourney.com/';
const GUID = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})';
const SINGLE = new RegExp(`^${GUID}/0_([0-3])\\.(?:jpeg|png|webp)$`);
const VIDEO = new RegExp(`^video/${GUID}/([0-3])\\.mp4$`);
const ATTACHMENT = new RegExp(`${GUID}\\.webp$`);

const clip = new URL('../midjourney/assets/clip.mp4', import.meta.url);

function sendBytes(bytes: Uint8Array, contentType: string): Response {
  return new Response(Uint8Array.from(bytes), {
    headers: { 'content-type': contentType, 'content-length': String(bytes.length) },
  });
}

function sendNotFound(c: ApiRequest): Response {
  return sendJson(c, 404, { error: 'Not Found', code: 404 });
}

/** Discord's CDN: signed links that expire, no token. */
async function sendAttachment(api: ApiContext, c: ApiRequest): Promise<Response> {
  const { path } = c.req;
  if (!isSignedPath(path, c.req.query(), api.world.clock.now())) {
    return new Response('This content is no longer available.', { status: 404 });
  }
  const job = api.world.findByGuid(ATTACHMENT.exec(path)?.[1] ?? '');
  if (job === undefined) return new Response('Not Found', { status: 404 });
  return sendBytes(await api.pictures.toAttachment(job), 'image/webp');
}

function findCompleted(api: ApiContext, guid: string | undefined): SandboxJob | undefined {
  const job = api.world.findByGuid(guid ?? '');
  return job?.status === 'completed' ? job : undefined;
}

/** The proxy to `cdn.midjourney.com`: the only way to single pictures and videos. */
async function sendProxied(api: ApiContext, c: ApiRequest): Promise<Response> {
  const cdnUrl = c.req.query('cdnUrl');
  if (cdnUrl === undefined) return sendJson(c, 400, { error: 'Query param cdnUrl not provided', code: 400 });
  if (!cdnUrl.startsWith(PREFIX)) {
    return sendJson(c, 400, { error: `Query param cdnUrl must start with ${PREFIX}`, code: 400 });
  }
  const path = cdnUrl.slice(PREFIX.length);
  const video = VIDEO.exec(path);
  if (video !== null) {
    return findCompleted(api, video[1]) === undefined ? sendNotFound(c) : sendBytes(await readFile(clip), 'video/mp4');
  }
  const single = SINGLE.exec(path);
  const job = findCompleted(api, single?.[1]);
  if (job === undefined) return sendNotFound(c);
  return sendBytes(await api.pictures.toSingle(job, Number(single?.[2] ?? 0)), 'image/jpeg');
}

/** Media: the CDN of attachments and the proxy. */
export function addRoutesMedia(app: Hono<ApiEnv>, api: ApiContext): void {
  app.get('/attachments/*', (c) => sendAttachment(api, c));
  app.get('/v1/proxy/cdn-midjourney/', (c) => sendProxied(api, c));
  app.get('/v1/proxy/cdn-midjourney', (c) => sendProxied(api, c));
}
