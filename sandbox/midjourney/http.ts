import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Clock } from '../../src/shared/clock.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';

/** What every stand-in of an API has. */
export interface StandInContext {
  readonly world: { readonly clock: Clock };
  /** Root of the server, known once it listens. */
  readonly origin: () => string;
  readonly faults: Faults;
  readonly log: RequestLog;
}

/** `sent` and `received` are the bodies for the request log. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { sent?: string; received?: string };
}
export type ApiRequest = Context<ApiEnv>;

export function sendJson(
  c: ApiRequest,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = JSON.stringify(body);
  c.set('sent', text);
  return new Response(text, { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } });
}

export function sendEmpty(status = 204): Response {
  return new Response(null, { status });
}

/** The body as JSON; `undefined` where it is none. */
export async function readJson(c: ApiRequest): Promise<unknown> {
  const text = await c.req.text();
  c.set('received', text);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
