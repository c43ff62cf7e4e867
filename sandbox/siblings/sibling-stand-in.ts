import { randomUUID, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono, type Next } from 'hono';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { toErrorMessage } from '../../src/shared/errors.ts';
import { type Logger, silentLogger } from '../../src/shared/logger.ts';
import { Faults } from '../midjourney/faults.ts';
import { guardOrigin, injectFaults, logRequest } from '../midjourney/guards.ts';
import { type ApiEnv, type ApiRequest, sendEmpty, sendJson } from '../midjourney/http.ts';
import { closeServer, listen } from '../midjourney/listen.ts';
import { MidjourneyWorld } from '../midjourney/midjourney-world.ts';
import { Pictures } from '../midjourney/pictures.ts';
import { RequestLog, type RequestRecord } from '../midjourney/request-log.ts';
import { addRoutesControl } from '../midjourney/routes-control.ts';
import { isRunning } from '../midjourney/sandbox-job.ts';
import { startCallbacks } from '../useapi/callbacks.ts';
import { Batches } from './batches.ts';
import { addDreaminaRoutes, dreaminaService } from './dreamina-service.ts';
import { addMinimaxRoutes, minimaxService } from './minimax-service.ts';
import { type SiblingContext, type SiblingService, sendError } from './sibling-context.ts';
import { type StartSiblingJob, startSiblingJob } from './sibling-submit.ts';
import { defaultSiblingSwitches, type SiblingSwitches, type SiblingWorld } from './sibling-switches.ts';

export type SiblingStandInName = 'minimax' | 'dreamina';

export interface SiblingStandInOptions {
  readonly service: SiblingStandInName;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** A new one at each start by default. */
  readonly token?: string;
  /** 1, the default: a job takes about 30 s; 0: nothing moves by itself. */
  readonly speed?: number;
  readonly clock?: Clock;
  /** At the service; one by default. */
  readonly accounts?: readonly [string, ...string[]];
  /** Of each account; 3 by default. */
  readonly maxJobs?: number;
  readonly switches?: Partial<SiblingSwitches>;
  readonly logger?: Logger;
}

/** A running stand-in of one of useapi.net's services beside Midjourney. */
export interface SiblingStandIn {
  readonly service: SiblingStandInName;
  /** For people. */
  readonly title: string;
  /** One that it has. */
  readonly model: string;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly token: string;
  readonly world: SiblingWorld;
  readonly faults: Faults;
  /** The latest requests, oldest first; the control route's are not among them. */
  readonly requests: readonly RequestRecord[];
  /** Makes a job, as a submit does but without its checks; returns its id. */
  startJob(wanted?: StartSiblingJob): string;
  /** How many submits were paid for; each job that was started in another way counts as one. */
  paidCount(): number;
  clearRequests(): void;
  /** Calls `listener` after each request; returns how to stop it. */
  onRequest(listener: (record: RequestRecord) => void): () => void;
  close(): Promise<void>;
}

const clip = new URL('../midjourney/assets/clip.mp4', import.meta.url);
const ADD_ROUTES = { minimax: addMinimaxRoutes, dreamina: addDreaminaRoutes };

/** Starts the stand-in of one service, on loopback. */
export async function startSiblingStandIn(options: SiblingStandInOptions): Promise<SiblingStandIn> {
  let origin = '';
  const batches = new Batches();
  const made = options.service === 'minimax' ? minimaxService(() => batches.next()) : dreaminaService();
  const service: SiblingService = { ...made, accounts: options.accounts ?? made.accounts };
  const api: SiblingContext = {
    world: toWorld(options, service),
    token: options.token ?? randomUUID(),
    origin: () => origin,
    pictures: new Pictures(),
    batches,
    untracked: new Set(),
    faults: new Faults(),
    log: new RequestLog(),
    logger: options.logger ?? silentLogger,
  };
  const listener = getRequestListener(toApp(api, service, options.service).fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  const port = await listen(server, options.port ?? 0);
  origin = `http://127.0.0.1:${port}`;
  const toRecord = service.toRecord.bind(undefined, api);
  const stopCallbacks = startCallbacks(api.world, toRecord, api.logger, { isReported: (job) => !isRunning(job) });
  return {
    service: options.service,
    title: service.title,
    model: service.model,
    url: origin,
    token: api.token,
    world: api.world,
    faults: api.faults,
    requests: api.log.records,
    startJob(wanted = {}) {
      const jobid = startSiblingJob(api, service, wanted);
      batches.add([jobid]);
      return jobid;
    },
    paidCount: () => batches.count,
    clearRequests: () => api.log.clear(),
    onRequest: (heard) => api.log.onRequest(heard),
    close: () => {
      stopCallbacks();
      api.world.close();
      return closeServer(server);
    },
  };
}

function toWorld(options: SiblingStandInOptions, { accounts }: SiblingService): SiblingWorld {
  return new MidjourneyWorld({
    clock: options.clock ?? systemClock,
    speed: options.speed ?? 1,
    apiChannels: accounts,
    maxJobs: options.maxJobs ?? 3,
    subscription: 'active',
    switches: { ...defaultSiblingSwitches, ...options.switches },
    moderatedWords: ['gore', 'nude'],
    refusedWords: ['forbidden'],
  });
}

function toApp(api: SiblingContext, service: SiblingService, name: SiblingStandInName): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use((c, next) => guardOrigin(api, c, next));
  app.use((c, next) => logRequest(api, c, next));
  app.use((c, next) => injectFaults(api, c, next));
  addRoutesControl(app, api);
  app.get('/files/:guid/:file', (c) => sendFile(api, c));
  app.use('/v1/*', (c, next) => guardApi(api, c, next));
  ADD_ROUTES[name](app, api, service);
  app.notFound((c) => sendJson(c, 404, { error: 'Not Found' }));
  app.onError((thrown, c) => {
    api.logger.error({ reason: toErrorMessage(thrown) }, 'the stand-in of the service failed');
    return sendError(c, 500, 'Internal Server Error');
  });
  return app;
}

/** Token, then subscription, before every call. */
async function guardApi(api: SiblingContext, c: ApiRequest, next: Next): Promise<Response | undefined> {
  const [given, wanted] = [c.req.header('authorization') ?? '', `Bearer ${api.token}`].map((text) => Buffer.from(text));
  if (given?.length !== wanted?.length || !timingSafeEqual(given ?? Buffer.alloc(0), wanted ?? Buffer.alloc(0)))
    return sendError(c, 401, 'Unauthorized');
  if (api.world.subscription === 'expired')
    return sendError(c, 402, 'Account has no subscription or subscription expired');
  await next();
  return undefined;
}

/** Files lie in a storage that is not the API's: it refuses a token as a second way to sign in. */
async function sendFile(api: SiblingContext, c: ApiRequest): Promise<Response> {
  if (c.req.header('authorization') !== undefined)
    return new Response('Only one auth mechanism allowed', { status: 400 });
  const job = api.world.findByGuid(c.req.param('guid') ?? '');
  if (job?.status !== 'completed') return sendEmpty(404);
  const file = c.req.param('file') ?? '';
  const isVideo = file.endsWith('.mp4');
  if (isVideo !== (job.jobType === 'video') && isVideo) return sendEmpty(404);
  const bytes = isVideo ? await readFile(clip) : await api.pictures.toSingle(job, Number.parseInt(file, 10) || 0);
  return new Response(Uint8Array.from(bytes), { headers: { 'content-type': isVideo ? 'video/mp4' : 'image/jpeg' } });
}
