import { timingSafeEqual } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Next } from 'hono';
import { toHtmlPage, toRedirect } from '../midjourney/fault-answers.ts';
import { isControl } from '../midjourney/guards.ts';
import { type ApiRequest, sendJson } from '../midjourney/http.ts';
import type { ApiContext } from './api-context.ts';

const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync } as const;

/** Compresses JSON answers as the switch has it, where the caller takes that. */
export async function compressAnswer(api: ApiContext, c: ApiRequest, next: Next): Promise<void> {
  await next();
  const { encoding } = api.world.switches;
  const isJson = c.res.headers.get('content-type')?.includes('json') === true;
  if (encoding === 'none' || !isJson || isControl(c)) return;
  if (c.req.header('accept-encoding')?.includes(encoding) !== true) return;
  const bytes = ENCODERS[encoding](Buffer.from(await c.res.arrayBuffer()));
  const headers = new Headers(c.res.headers);
  headers.delete('content-length');
  headers.set('content-encoding', encoding);
  const { status } = c.res;
  c.res = undefined;
  c.res = new Response(new Uint8Array(bytes), { status, headers });
}

function isToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The checks that come before every call of the API: is the service there, the token, the subscription. */
export async function guardApi(api: ApiContext, c: ApiRequest, next: Next): Promise<Response | undefined> {
  const { service } = api.world.switches;
  const withCode = (code: number) => (c.req.path.startsWith('/v3/') ? {} : { code });
  if (service === 'html') return toHtmlPage();
  if (service === 'redirect') return toRedirect('https://useapi.net/');
  if (service === 'gone') return toHtmlPage(410);
  if (!isToken(c.req.header('authorization'), api.token)) {
    return sendJson(c, 401, { error: 'Unauthorized', ...withCode(401) });
  }
  if (api.world.subscription === 'expired') {
    return sendJson(c, 402, { error: 'Account has no subscription or subscription expired', ...withCode(402) });
  }
  await next();
  return undefined;
}
