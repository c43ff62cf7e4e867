import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { toErrorMessage } from '../../shared/errors.ts';
import { apiError, DiscordApiError } from './api-error.ts';
import type { DiscordFaults, RestFault } from './faults.ts';
import type { PayloadCheck, ResponseCheck } from './payload-check.ts';
import { type RateLimiter, toRefusalBody, toRefusalHeaders } from './rate-limits.ts';
import { maskPath, type RequestLog } from './request-log.ts';
import { type RestBody, readRestBody } from './rest-body.ts';
import type { RestCall, RestRoute } from './rest-call.ts';

type AppContext = Context<{ Bindings: HttpBindings }>;

export interface RestServerOptions {
  readonly routes: readonly RestRoute[];
  readonly token: string;
  /** None: requests are not counted. */
  readonly limiter: RateLimiter | undefined;
  readonly faults: DiscordFaults;
  readonly log: RequestLog;
  readonly checkRequest: PayloadCheck;
  readonly checkResponse: ResponseCheck | undefined;
}

interface Outcome {
  readonly status: number;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly read?: RestBody;
}

const BODY_METHODS = new Set(['POST', 'PUT', 'PATCH']);

/** Discord's REST API under `/api`, with and without a version. */
export function createRestApp(options: RestServerOptions): Hono<{ Bindings: HttpBindings }> {
  const api = new Hono<{ Bindings: HttpBindings }>();
  for (const route of options.routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    api.on(route.method, path, (context) => serve(options, route, context));
  }
  api.all('*', (context) => context.json(apiError('notFound').toBody(), 404));
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const base of ['/api/v10', '/api/v9', '/api']) app.route(base, api);
  return app;
}

async function serve(options: RestServerOptions, route: RestRoute, context: AppContext): Promise<Response> {
  const at = Date.now();
  const startedAt = performance.now();
  const params = context.req.param() as Record<string, string>;
  const label = toLabel(route, params);
  const { pathname } = new URL(context.req.url);
  const fault = options.faults.take(label, pathname);
  if (fault?.kind === 'delay') await delay(fault.ms, undefined, { ref: false });
  const isLost = fault?.kind === 'cut-before';
  const outcome = isLost ? { status: 0, headers: {} } : await perform(options, route, context, label, params, fault);
  const isCut = isLost || fault?.kind === 'cut-after';
  options.log.add({
    kind: 'request',
    at,
    method: route.method,
    route: label,
    path: maskPath(pathname.replace(/^\/api(\/v\d+)?/, '')),
    status: isCut ? 0 : outcome.status,
    durationMs: performance.now() - startedAt,
    body: outcome.read?.body,
    answer: outcome.body,
    files: outcome.read?.files.map((file) => file.name) ?? [],
  });
  return isCut ? cut(context) : toResponse(outcome);
}

/** discord.js asks for `%40original`; Discord's OpenAPI has a route of its own for it. */
function toLabel(route: RestRoute, params: Readonly<Record<string, string>>): string {
  const path = params['message_id'] === '@original' ? route.path.replace('{message_id}', '@original') : route.path;
  return `${route.method} ${path}`;
}

async function perform(
  options: RestServerOptions,
  route: RestRoute,
  context: AppContext,
  label: string,
  params: Readonly<Record<string, string>>,
  fault: RestFault | undefined,
): Promise<Outcome> {
  const faked = toFaked(fault);
  if (faked !== undefined) return faked;
  const verdict = options.limiter?.check({
    route: label,
    major: params['channel_id'] ?? params['guild_id'] ?? params['webhook_token'] ?? '',
    isOpen: route.isOpen === true,
    now: Date.now(),
  });
  const headers = verdict?.headers ?? {};
  if (verdict?.refused !== undefined) {
    const { retryAfterMs, isGlobal } = verdict.refused;
    return { status: 429, body: toRefusalBody(retryAfterMs, isGlobal), headers };
  }
  let read: RestBody | undefined;
  try {
    requireToken(options, route, context);
    read = await readRestBody(context.req.raw);
    const reply = answer(options, route, context, label, params, read);
    return { ...reply, headers, read };
  } catch (thrown) {
    return { ...toFailure(thrown), headers, ...(read === undefined ? {} : { read }) };
  }
}

function toFaked(fault: RestFault | undefined): Outcome | undefined {
  if (fault?.kind === 'status') {
    const body = fault.body ?? { message: `${fault.status}: Simulated`, code: 0 };
    return { status: fault.status, body, headers: {} };
  }
  if (fault?.kind !== 'rate-limit') return undefined;
  const isGlobal = fault.isGlobal === true;
  const { retryAfterMs } = fault;
  return {
    status: 429,
    body: toRefusalBody(retryAfterMs, isGlobal),
    headers: toRefusalHeaders(retryAfterMs, isGlobal),
  };
}

function requireToken(options: RestServerOptions, route: RestRoute, context: AppContext): void {
  if (route.isOpen === true) return;
  if (context.req.header('authorization') !== `Bot ${options.token}`) throw apiError('unauthorized');
}

function answer(
  options: RestServerOptions,
  route: RestRoute,
  context: AppContext,
  label: string,
  params: Readonly<Record<string, string>>,
  read: RestBody,
): { status: number; body?: unknown } {
  const call = { route: label, params, query: new URL(context.req.url).searchParams, ...read };
  if (BODY_METHODS.has(route.method)) checkBody(options, route, call);
  const reply = route.handle(call);
  options.checkResponse?.(label, reply.status, reply.body === undefined ? undefined : structuredClone(reply.body));
  return reply;
}

function checkBody(options: RestServerOptions, route: RestRoute, call: RestCall): void {
  const described = call.files.map(({ index, name, contentType, bytes }) => {
    return { id: index, name, contentType, size: bytes.byteLength };
  });
  const changed = route.changes?.(call);
  const existing = changed && { ...changed.message, attachments: changed.files.map((file) => file.attachment) };
  const problem = options.checkRequest(call.route, call.body, described, existing);
  if (problem === null) return;
  throw new DiscordApiError(problem.status ?? 400, problem.code, problem.message, problem.errors);
}

function toFailure(thrown: unknown): { status: number; body: object } {
  if (thrown instanceof DiscordApiError) return { status: thrown.status, body: thrown.toBody() };
  return { status: 500, body: { message: `500: ${toErrorMessage(thrown)}`, code: 0 } };
}

function cut(context: AppContext): Response {
  context.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

function toResponse({ status, body, headers }: Outcome): Response {
  if (body === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
