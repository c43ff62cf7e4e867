import type { Next } from 'hono';
import { compact } from '../../src/shared/compact.ts';
import { isOtherWebsite, isOwnHost, toRequestSource } from '../own-site.ts';
import { performFault } from './fault-answers.ts';
import { type ApiRequest, type StandInContext, sendJson } from './http.ts';

/** Where a stand-in is steered over HTTP: neither logged nor hit by faults. */
export const CONTROL_PREFIX = '/_sandbox/';

export function isControl(c: ApiRequest): boolean {
  return c.req.path.startsWith(CONTROL_PREFIX);
}

function toPathAndQuery(c: ApiRequest): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

/** Refuses other names for this machine, and pages of other websites. */
export async function guardOrigin(api: StandInContext, c: ApiRequest, next: Next): Promise<Response | undefined> {
  const source = toRequestSource((name) => c.req.header(name));
  if (!isOwnHost(source.host, Number(new URL(api.origin()).port))) return sendJson(c, 403, { error: 'Loopback only' });
  if (isOtherWebsite(source)) return sendJson(c, 403, { error: 'Not from another website' });
  await next();
  return undefined;
}

/** Writes each request and its answer into the log, whatever becomes of it. */
export async function logRequest(api: StandInContext, c: ApiRequest, next: Next): Promise<void> {
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

/** Lets the faults happen that match. */
export async function injectFaults(api: StandInContext, c: ApiRequest, next: Next): Promise<void> {
  const fault = isControl(c) ? undefined : api.faults.take(c.req.method, toPathAndQuery(c));
  if (fault === undefined) return await next();
  await performFault(api, c, fault, next);
}
