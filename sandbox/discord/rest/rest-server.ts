import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { compact } from '../../../src/shared/compact.ts';
import { toErrorMessage } from '../../../src/shared/errors.ts';
import { apiError, DiscordApiError, requireSnowflake } from '../api-error.ts';
import type { DiscordFaults, RestFault, StatusFault } from '../discord-faults.ts';
import type { PayloadCheck, ResponseCheck } from '../rules/payload-check.ts';
import { maskPath, type WireLog } from '../wire-log.ts';
import type { OpenRequests } from './open-requests.ts';
import { type RateLimiter, toRefusalBody, toRefusalHeaders } from './rate-limits.ts';
import { type RestBody, readRestBody } from './rest-body.ts';
import type { RestCall, RestReply, RestRoute } from './rest-call.ts';
import { throttle } from './slow-uplink.ts';

type AppContext = Context<{ Bindings: HttpBindings }>;

export interface RestServerOptions {
  readonly routes: readonly RestRoute[];
  readonly token: string;
  /** None: requests are not counted. */
  readonly limiter: RateLimiter | undefined;
  readonly faults: DiscordFaults;
  readonly log: WireLog;
  readonly open: OpenRequests;
  /** Signs the addresses of uploaded files in an answer. */
  readonly sign: (body: unknown) => unknown;
  /** Whether a message is older than an hour. */
  readonly isOld: (messageId: string) => boolean;
  /** Bytes that one file of a request may have, by the ids in its path. */
  readonly maxUploadBytes: (params: Readonly<Record<string, string>>) => number;
  readonly checkRequest: PayloadCheck;
  readonly checkResponse: ResponseCheck | undefined;
}

interface Outcome {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a body: what is not JSON. */
  readonly page?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly read?: RestBody;
}

const SHUT_OUT_PAGE = '<html><body>error code: 1015</body></html>';
const EDIT = 'PATCH /channels/{channel_id}/messages/{message_id}';
const BODY_METHODS = new Set(['POST', 'PUT', 'PATCH']);

/** Discord's REST API under `/api`, with and without a version. */
export function createRestApp(options: RestServerOptions): Hono<{ Bindings: HttpBindings }> {
  const api = new Hono<{ Bindings: HttpBindings }>();
  for (const route of options.routes) {
    api.on(route.method, toHonoPath(route.path), (context) => options.open.run(serve(options, route, context)));
  }
  for (const path of new Set(options.routes.map((route) => toHonoPath(route.path))))
    api.all(path, (context) => refuse(options, context, 'methodNotAllowed'));
  api.all('*', (context) => refuse(options, context, 'notFound'));
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const base of ['/api/v10', '/api/v9', '/api']) app.route(base, api);
  return app;
}

function toHonoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** What is not there is refused before anyone is asked who they are. */
function refuse(options: RestServerOptions, context: AppContext, name: 'notFound' | 'methodNotAllowed'): Response {
  const { method } = context.req;
  const path = maskPath(toApiPath(context));
  const refusal = apiError(name);
  const { status } = refusal;
  const seen = { kind: 'request', at: Date.now(), method, path, status, durationMs: 0, files: [] } as const;
  options.log.add({ ...seen, route: `${method} ${path}`, answer: refusal.toBody() });
  return toResponse({ status, body: refusal.toBody(), headers: {} });
}

function toApiPath(context: AppContext): string {
  return new URL(context.req.url).pathname.replace(/^\/api(\/v\d+)?/, '');
}

async function serve(options: RestServerOptions, route: RestRoute, context: AppContext): Promise<Response> {
  const at = Date.now();
  const startedAt = performance.now();
  const asked = toAsked(route, context);
  const fault = options.faults.take(asked.label, asked.path);
  if (fault?.kind === 'delay' && fault.isAnswerLate !== true) await delay(fault.ms, undefined, { ref: false });
  const isLost = fault?.kind === 'cut-before';
  const outcome = isLost ? { status: 0, headers: {} } : await perform(options, asked, fault);
  options.limiter?.noteAnswer(outcome.status, outcome.headers, Date.now());
  if (fault?.kind === 'delay' && fault.isAnswerLate === true) await delay(fault.ms, undefined, { ref: false });
  const isCut = isLost || fault?.kind === 'cut-after';
  options.log.add({
    kind: 'request',
    at,
    method: route.method,
    route: asked.label,
    path: maskPath(asked.path),
    status: isCut ? 0 : outcome.status,
    durationMs: performance.now() - startedAt,
    body: outcome.read?.body,
    answer: outcome.body,
    files: outcome.read?.files.map((file) => file.name) ?? [],
  });
  return isCut ? cut(context) : toResponse(outcome);
}

/** A request on a known route, before it is read. */
interface Asked {
  readonly route: RestRoute;
  readonly context: AppContext;
  readonly label: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

function toAsked(route: RestRoute, context: AppContext): Asked {
  const params = context.req.param() as Record<string, string>;
  return { route, context, params, label: toLabel(route, params), path: toApiPath(context) };
}

/** discord.js asks for `%40original`; Discord's OpenAPI has a route of its own for it. */
function toLabel(route: RestRoute, params: Readonly<Record<string, string>>): string {
  const path = params['message_id'] === '@original' ? route.path.replace('{message_id}', '@original') : route.path;
  return `${route.method} ${path}`;
}

async function perform(options: RestServerOptions, asked: Asked, fault: RestFault | undefined): Promise<Outcome> {
  const faked = toFaked(fault);
  if (faked === undefined)
    return fulfil(options, asked, fault?.kind === 'slow-uplink' ? fault.bytesPerSecond : undefined);
  const takesEffect = fault?.kind === 'status' && fault.takesEffect === true;
  const { read } = takesEffect ? await fulfil(options, asked, undefined) : {};
  return { ...faked, ...compact({ read }) };
}

async function fulfil(options: RestServerOptions, asked: Asked, bytesPerSecond: number | undefined): Promise<Outcome> {
  const { headers, refusal } = limit(options, asked);
  if (refusal !== undefined) return refusal;
  let read: RestBody | undefined;
  try {
    requireToken(options, asked);
    const { raw } = asked.context.req;
    const incoming = bytesPerSecond === undefined ? raw : throttle(raw, bytesPerSecond);
    read = await readRestBody(incoming, options.maxUploadBytes(asked.params));
    return { ...answer(options, asked, read), headers, read };
  } catch (thrown) {
    return { ...toFailure(thrown), headers, ...compact({ read }) };
  }
}

/** The headers that state limits, and the refusal of a request that is beyond them. */
function limit(
  { limiter, isOld }: RestServerOptions,
  { route, label, params }: Asked,
): Pick<Outcome, 'headers'> & { readonly refusal?: Outcome } {
  const major = params['channel_id'] ?? params['guild_id'] ?? params['webhook_token'] ?? '';
  const isOldEdit = label === EDIT && isOld(params['message_id'] ?? '');
  const isOpen = route.isOpen === true;
  const verdict = limiter?.check({ route: label, major, isOpen, isOldEdit, now: Date.now() });
  const headers = verdict?.headers ?? {};
  if (verdict?.shutOutForMs !== undefined) return { headers, refusal: { status: 429, page: SHUT_OUT_PAGE, headers } };
  if (verdict?.refused === undefined) return { headers };
  return { headers, refusal: { status: 429, body: toRefusalBody(verdict.refused), headers } };
}

function toFaked(fault: RestFault | undefined): Outcome | undefined {
  if (fault?.kind === 'status') return toFakedStatus(fault);
  if (fault?.kind !== 'rate-limit') return undefined;
  const refused = { ...fault, isGlobal: fault.isGlobal === true };
  return { status: 429, body: toRefusalBody(refused), headers: toRefusalHeaders(refused) };
}

function toFakedStatus({ status, body, page, headers = {} }: StatusFault): Outcome {
  if (page !== undefined) return { status, page, headers };
  return { status, body: body ?? { message: `${status}: Simulated`, code: 0 }, headers };
}

function requireToken(options: RestServerOptions, { route, context }: Asked): void {
  if (route.isOpen === true) return;
  if (context.req.header('authorization') !== `Bot ${options.token}`) throw apiError('unauthorized');
}

function answer(options: RestServerOptions, { route, context, label, params }: Asked, read: RestBody): RestReply {
  for (const [name, value] of Object.entries(params)) {
    if (name.endsWith('_id') && value !== '@original') requireSnowflake(name, value);
  }
  const { url, headers } = context.req.raw;
  const call = { route: label, params, query: new URL(url).searchParams, headers, ...read };
  if (BODY_METHODS.has(route.method)) checkBody(options, route, call);
  const reply = route.handle(call);
  options.checkResponse?.(label, reply.status, reply.body === undefined ? undefined : structuredClone(reply.body));
  return { ...reply, body: options.sign(reply.body) };
}

function checkBody(options: RestServerOptions, route: RestRoute, call: RestCall): void {
  const maxSize = options.maxUploadBytes(call.params);
  const described = call.files.map(({ index, name, contentType, bytes }) => {
    return { id: index, name, contentType, size: bytes.byteLength, maxSize };
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

function toResponse({ status, body, page, headers }: Outcome): Response {
  if (page !== undefined) return new Response(page, { status, headers: { 'content-type': 'text/html', ...headers } });
  if (body === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
