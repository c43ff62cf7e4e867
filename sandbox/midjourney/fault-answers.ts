import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Next } from 'hono';
import type { Fault, FaultAction } from './faults.ts';
import type { ApiRequest, StandInContext } from './http.ts';

type AnswerAction = Exclude<FaultAction, { kind: 'delay' | 'cut' | 'hang' }>;

/** Longer than anybody waits. */
const FOR_EVER_MS = 3_600_000;

const HTML = '<!doctype html><html><head><title>useapi.net</title></head><body><h1>Service notice</h1></body></html>';
const NO_BODY = new Set([204, 205, 304]);

/** The page and redirect that a service which has ended might answer. */
export function toHtmlPage(status = 200): Response {
  return new Response(HTML, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

export function toRedirect(to: string): Response {
  return new Response(null, { status: 302, headers: { location: to } });
}

function toStatus(action: Extract<FaultAction, { kind: 'status' }>): Response {
  const { status, body, headers = {} } = action;
  if (body === undefined || NO_BODY.has(status)) return new Response(null, { status, headers });
  if (typeof body === 'string') return new Response(body, { status, headers });
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

function toAnswer(action: AnswerAction): Response {
  switch (action.kind) {
    case 'status':
      return toStatus(action);
    case 'garbage':
      return new Response('{"jobid": "job:\u0000\ufffd', {
        headers: { 'content-type': action.contentType ?? 'application/json' },
      });
    case 'empty':
      return new Response('', { headers: { 'content-type': 'application/json' } });
    case 'redirect':
      return toRedirect(action.to);
    case 'html':
      return toHtmlPage();
  }
}

/** Closes the connection without an answer, or in the middle of `answer`. */
async function cut(c: ApiRequest, answer: Response | undefined): Promise<Response> {
  const { outgoing } = c.env;
  if (answer === undefined) {
    outgoing.socket?.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  const bytes = Buffer.from(await answer.arrayBuffer());
  const contentType = answer.headers.get('content-type') ?? 'application/json';
  outgoing.writeHead(answer.status, { 'content-type': contentType, 'content-length': Math.max(2, bytes.length) });
  outgoing.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => outgoing.socket?.destroy());
  return RESPONSE_ALREADY_SENT;
}

/** Lets `fault` happen to the request; `next` does the request's work. */
export async function performFault(api: StandInContext, c: ApiRequest, fault: Fault, next: Next): Promise<void> {
  const { action, takesEffect = false } = fault;
  if (action.kind === 'delay') {
    if (takesEffect) await next();
    await api.world.clock.sleep(action.ms, c.req.raw.signal).catch(() => undefined);
    if (!takesEffect) await next();
    return;
  }
  if (action.kind === 'hang') {
    if (takesEffect) await next();
    await api.world.clock.sleep(FOR_EVER_MS, c.req.raw.signal).catch(() => undefined);
    c.set('sent', '[cut]');
    c.res = await cut(c, undefined);
    return;
  }
  if (takesEffect) await next();
  const made = takesEffect ? c.res : undefined;
  c.set('sent', `[${action.kind}]`);
  c.res = action.kind === 'cut' ? await cut(c, toCutAnswer(action, made)) : replaced(toAnswer(action), c);
}

function toCutAnswer(action: Extract<FaultAction, { kind: 'cut' }>, made: Response | undefined): Response | undefined {
  if (action.after !== 'mid-body') return undefined;
  return made ?? new Response('{"jobid":"job:2025', { headers: { 'content-type': 'application/json' } });
}

/** Setting `c.res` merges the headers of what was there before; a fault's answer stands alone. */
function replaced(answer: Response, c: ApiRequest): Response {
  c.res = undefined;
  return answer;
}
