import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Logger } from '../../src/shared/logger.ts';
import type { Faults } from './faults.ts';
import { toRecordV2 } from './job-record-v2.ts';
import { toRecordV3 } from './job-record-v3.ts';
import type { MessageContext } from './message.ts';
import type { Pictures } from './pictures.ts';
import type { RequestLog } from './request-log.ts';
import type { SandboxJob } from './sandbox-job.ts';
import type { UseapiWorld } from './world.ts';

/** What all routes share. */
export interface ApiContext {
  readonly world: UseapiWorld;
  readonly token: string;
  /** Root of the server, known once it listens. */
  readonly origin: () => string;
  readonly pictures: Pictures;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly logger: Logger;
}

/** `sent` and `received` are the bodies for the request log. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { sent?: string; received?: string };
}
export type ApiRequest = Context<ApiEnv>;

export function toMessageContext(api: ApiContext): MessageContext {
  return { origin: api.origin(), linksIssuedSince: api.world.startedAt };
}

/** A job's record in the shape of its version. */
export function toRecord(api: ApiContext, job: SandboxJob): Record<string, unknown> {
  if (job.version === 'v2') return toRecordV2(job, toMessageContext(api), api.world.switches);
  return toRecordV3(job, toMessageContext(api), api.world.switches);
}

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

/** Header and body field that say when to come back, as the switch has it. */
export function toRetryAfter(world: UseapiWorld): {
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number>>;
} {
  const { retryAfter, retryAfterSeconds } = world.switches;
  if (retryAfter === 'body') return { headers: {}, fields: { retryAfter: retryAfterSeconds } };
  if (retryAfter === 'seconds') return { headers: { 'retry-after': String(retryAfterSeconds) }, fields: {} };
  if (retryAfter === 'none') return { headers: {}, fields: {} };
  const date = new Date(world.clock.now() + retryAfterSeconds * 1000);
  return { headers: { 'retry-after': date.toUTCString() }, fields: {} };
}
