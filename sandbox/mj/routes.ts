import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Hono, Next } from 'hono';
import { z } from 'zod';
import { type ApiEnv, type ApiRequest, readJson, sendEmpty, sendJson } from '../midjourney/http.ts';
import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import type { MjContext } from './mj-context.ts';
import type { MjFlavour } from './mj-switches.ts';
import {
  ActionBody,
  BlendBody,
  ChangeBody,
  DescribeBody,
  type Envelope,
  ImagineBody,
  ModalBody,
  type Submits,
} from './submits.ts';
import { toModalTask, toTask } from './task-record.ts';
import { words } from './words.ts';

/** How many tasks `task/list` shows at the most. */
const LIST_LENGTH = 100;
const clip = new URL('../midjourney/assets/clip.mp4', import.meta.url);

/** The secret comes before everything but the files. */
export async function guardSecret(api: MjContext, c: ApiRequest, next: Next): Promise<Response | undefined> {
  const { flavour } = api.world.switches;
  // A reseller takes either, as its code has it.
  const bearer = flavour === 'new-api' ? c.req.header('authorization')?.replace(/^bearer /i, '') : undefined;
  if (!isSame(bearer ?? c.req.header('mj-api-secret') ?? '', api.secret)) return toUnauthorized(c, flavour);
  await next();
  return undefined;
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function toUnauthorized(c: ApiRequest, flavour: MjFlavour): Response {
  if (flavour === 'novicezk') return sendEmpty(401);
  if (flavour === 'new-api') return sendJson(c, 401, { error: { message: '无效的令牌', type: 'new_api_error' } });
  return new Response('未登录', { status: 401, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/** The files of tasks, open to all. */
export function addFileRoutes(app: Hono<ApiEnv>, api: MjContext): void {
  app.get('/mj/image/:id', async (c) => {
    const job = findCompleted(api, c.req.param('id'));
    return job === undefined ? sendEmpty(404) : sendBytes(await api.pictures.toAttachment(job), 'image/webp');
  });
  app.get('/mj/image/:id/:file', async (c) => {
    const job = findCompleted(api, c.req.param('id'));
    const file = c.req.param('file');
    if (job === undefined) return sendEmpty(404);
    if (file.endsWith('.mp4')) return sendBytes(await readFile(clip), 'video/mp4');
    return sendBytes(await api.pictures.toSingle(job, Number.parseInt(file, 10) || 0), 'image/jpeg');
  });
}

function findCompleted(api: MjContext, jobid: string): SandboxJob | undefined {
  const job = api.world.find(jobid);
  return job?.status === 'completed' ? job : undefined;
}

function sendBytes(bytes: Uint8Array, contentType: string): Response {
  return new Response(Uint8Array.from(bytes), { headers: { 'content-type': contentType } });
}

/** Reading tasks, each flavour with the lists that it has. */
export function addTaskRoutes(app: Hono<ApiEnv>, api: MjContext): void {
  app.get('/mj/task/list', (c) => {
    const { flavour } = api.world.switches;
    if (flavour === 'new-api') return sendNoRoute(c);
    const all = listTasks(api, () => true).reverse();
    return sendJson(c, 200, flavour === 'trueai' ? all.slice(0, LIST_LENGTH) : all);
  });
  app.get('/mj/task/queue', (c) => {
    if (api.world.switches.flavour !== 'novicezk') return sendNoRoute(c);
    return sendJson(c, 200, listTasks(api, isRunning));
  });
  app.post('/mj/task/list-by-condition', async (c) => {
    const { ids = [] } = z
      .object({ ids: z.array(z.string()).optional() })
      .catch({})
      .parse(await readJson(c));
    return sendJson(
      c,
      200,
      ids.map((id) => findTask(api, id)).filter((task) => task !== undefined),
    );
  });
  app.get('/mj/task/:id/fetch', (c) => {
    const task = findTask(api, c.req.param('id'));
    return task === undefined ? sendMissing(api, c) : sendJson(c, 200, task);
  });
  app.post('/mj/task/:id/cancel', (c) => cancelTask(api, c, c.req.param('id')));
}

/** Oldest first. */
function listTasks(api: MjContext, isWanted: (job: SandboxJob) => boolean): Record<string, unknown>[] {
  const waiting = api.modals.list().map((modal) => toModalTask(modal, api.world.switches));
  const jobs = api.world.list().filter((job) => !job.expired && isWanted(job));
  return [...jobs.map((job) => toTask(api, job)), ...waiting];
}

function findTask(api: MjContext, id: string): Record<string, unknown> | undefined {
  const modal = api.modals.find(id);
  if (modal !== undefined) return toModalTask(modal, api.world.switches);
  const job = api.world.find(id);
  return job === undefined || job.expired ? undefined : toTask(api, job);
}

function sendMissing(api: MjContext, c: ApiRequest): Response {
  const { missingTask, flavour, language } = api.world.switches;
  const by = { trueai: '204', novicezk: 'empty', 'new-api': 'code-4' } as const;
  const how = missingTask === 'as-flavour' ? by[flavour] : missingTask;
  if (how === '204') return sendEmpty(204);
  if (how === 'empty') return new Response('', { status: 200 });
  return sendJson(c, 200, { code: 4, description: words[language].notFound, result: '' });
}

/** For administrators only, and answered the same whether anything happened. */
function cancelTask(api: MjContext, c: ApiRequest, id: string): Response {
  const { cancel, flavour } = api.world.switches;
  if (flavour !== 'trueai') return sendNoRoute(c);
  if (cancel === 'forbidden') return new Response('演示模式，禁止操作', { status: 403 });
  const job = api.world.find(id);
  if (cancel === 'works' && job !== undefined && isRunning(job)) api.world.advance(id, { to: 'cancelled' });
  return new Response('', { status: 200 });
}

/** A reseller shows its web page where it has no such route. */
function sendNoRoute(c: ApiRequest): Response {
  return sendJson(c, 404, { error: { message: `Invalid URL (${c.req.method} ${c.req.path})` } });
}

/** What starts tasks; its answers are always 200. */
export function addSubmitRoutes(app: Hono<ApiEnv>, api: MjContext, submits: Submits): void {
  app.post('/mj/submit/imagine', (c) => submit(api, c, ImagineBody, (body) => submits.imagine(body)));
  app.post('/mj/submit/describe', (c) => submit(api, c, DescribeBody, (body) => submits.describe(body)));
  app.post('/mj/submit/blend', (c) => submit(api, c, BlendBody, (body) => submits.blend(body)));
  app.post('/mj/submit/:kind', (c) => {
    const isOlder = api.world.switches.flavour === 'novicezk';
    const kind = c.req.param('kind');
    if (kind === 'change') return submit(api, c, ChangeBody, (body) => submits.change(body));
    if (kind === 'action' && !isOlder) return submit(api, c, ActionBody, (body) => submits.action(body));
    if (kind === 'modal' && !isOlder) return submit(api, c, ModalBody, (body) => submits.modal(body));
    return sendNoRoute(c);
  });
}

async function submit<T>(
  api: MjContext,
  c: ApiRequest,
  schema: z.ZodType<T>,
  run: (body: T) => Envelope,
): Promise<Response> {
  const body = schema.safeParse(await readJson(c));
  const { invalid } = words[api.world.switches.language];
  return sendJson(c, 200, body.success ? run(body.data) : { code: 4, description: invalid });
}
