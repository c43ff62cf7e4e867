import { timingSafeEqual } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Next } from 'hono';
import { compact } from '../../src/shared/compact.ts';
import { isOtherWebsite, isOwnHost, toRequestSource } from '../own-site.ts';
import { type ApiContext, type ApiRequest, sendJson } from './api-context.ts';
import { performFault, toHtmlPage, toRedirect } from './fault-answers.ts';
import { CONTROL_PREFIX } from './routes-control.ts';

function isControl(c: ApiRequest): boolean {
  return c.req.path.startsWith(CONTROL_PREFIX);
}

function toPathAndQuery(c: ApiRequest): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

/** Refuses other names for this machine, and pages of other websites. */
export async function guardOrigin(api: ApiContext, c: ApiRequest, next: Next): Promise<Response | undefined> {
  const source = toRequestSource((name) => c.req.header(name));
  if (!isOwnHost(source.host, Number(new URL(api.origin()).port))) return sendJson(c, 403, { error: 'Loopback only' });
  if (isOtherWebsite(source)) return sendJson(c, 403, { error: 'Not from another website' });
  await next();
  return undefined;
}

/** Writes each request and its answer into the log, whatever becomes of it. */
export async function logRequest(api: ApiContext, c: ApiRequest, next: Next): Promise<void> {
  if (isControl(c)) return await next();
  const at = api.world.clock.now();
  const startedAt = performance.now();
  await next();
  const requestBody = c.get('received');
  const responseBody = c.get('sent');
  api.log.add({
    method: c.req.method,
    path: toPathAndQuery(c),
    status: responseBody === '[cut]' ? 0 : c.res.status,
    at,
    durationMs: performance.now() - startedAt,
    ...compact({ requestBody, responseBody }),
  });
}

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

/** Lets the faults happen that match. */
export async function injectFaults(api: ApiContext, c: ApiRequest, next: Next): Promise<void> {
  const fault = isControl(c) ? undefined : api.faults.take(c.req.method, toPathAndQuery(c));
  if (fault === undefined) return await next();
  await performFault(api, c, fault, next);
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
