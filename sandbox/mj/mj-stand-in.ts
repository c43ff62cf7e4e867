import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { toErrorMessage } from '../../src/shared/errors.ts';
import { type Logger, silentLogger } from '../../src/shared/logger.ts';
import { Faults } from '../midjourney/faults.ts';
import { guardOrigin, injectFaults, logRequest } from '../midjourney/guards.ts';
import { type ApiEnv, sendEmpty, sendJson } from '../midjourney/http.ts';
import { closeServer, listen } from '../midjourney/listen.ts';
import { FIRST_CHANNEL, MidjourneyWorld } from '../midjourney/midjourney-world.ts';
import type { StartJob } from '../midjourney/new-job.ts';
import { Pictures } from '../midjourney/pictures.ts';
import { RequestLog, type RequestRecord } from '../midjourney/request-log.ts';
import { addRoutesControl } from '../midjourney/routes-control.ts';
import { Hooks } from './hooks.ts';
import type { MjContext } from './mj-context.ts';
import { defaultMjSwitches, type MjSwitches, type MjWorld } from './mj-switches.ts';
import { Modals } from './modals.ts';
import { addFileRoutes, addSubmitRoutes, addTaskRoutes, guardSecret } from './routes.ts';
import { Submits } from './submits.ts';
import { TaskIds } from './task-ids.ts';

export interface MjStandInOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** A new one at each start by default. */
  readonly secret?: string;
  /** 1, the default: a job takes about 30 s; 0: nothing moves unless asked. */
  readonly speed?: number;
  readonly clock?: Clock;
  readonly switches?: Partial<MjSwitches>;
  readonly logger?: Logger;
}

/** A running stand-in of a Midjourney proxy. */
export interface MjStandIn {
  /** `http://127.0.0.1:<port>/mj`. */
  readonly url: string;
  readonly secret: string;
  readonly world: MjWorld;
  /** Presses that wait for their second step. */
  readonly modals: Modals;
  readonly faults: Faults;
  /** The latest requests, oldest first; the control route's are not among them. */
  readonly requests: readonly RequestRecord[];
  /** Makes a task, as a submit does but without its checks; returns its id. */
  startTask(wanted?: StartJob): string;
  clearRequests(): void;
  /** Calls `listener` after each request; returns how to stop it. */
  onRequest(listener: (record: RequestRecord) => void): () => void;
  close(): Promise<void>;
}

/** Starts the stand-in of a server that speaks the REST dialect of Midjourney proxies, on loopback. */
export async function startMjStandIn(options: MjStandInOptions = {}): Promise<MjStandIn> {
  let origin = '';
  const api: MjContext = {
    world: toWorld(options),
    secret: options.secret ?? randomUUID(),
    origin: () => origin,
    pictures: new Pictures(),
    modals: new Modals(),
    faults: new Faults(),
    log: new RequestLog(),
    logger: options.logger ?? silentLogger,
  };
  const ids = new TaskIds();
  const listener = getRequestListener(toApp(api, ids).fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  const port = await listen(server, options.port ?? 0);
  origin = `http://127.0.0.1:${port}`;
  const hooks = new Hooks(api);
  return {
    url: `${origin}/mj`,
    secret: api.secret,
    world: api.world,
    modals: api.modals,
    faults: api.faults,
    requests: api.log.records,
    startTask(wanted = {}) {
      const jobid = ids.next(wanted.createdAt ?? api.world.clock.now());
      return api.world.startJob({ ...wanted, overrides: { ...wanted.overrides, jobid } });
    },
    clearRequests: () => api.log.clear(),
    onRequest: (heard) => api.log.onRequest(heard),
    close: () => {
      hooks.close();
      api.world.close();
      return closeServer(server);
    },
  };
}

function toWorld(options: MjStandInOptions): MjWorld {
  return new MidjourneyWorld({
    clock: options.clock ?? systemClock,
    speed: options.speed ?? 1,
    apiChannels: [FIRST_CHANNEL],
    maxJobs: 3,
    subscription: 'active',
    switches: { ...defaultMjSwitches, ...options.switches },
    moderatedWords: ['gore', 'nude'],
    refusedWords: ['forbidden'],
  });
}

function toApp(api: MjContext, ids: TaskIds): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use((c, next) => guardOrigin(api, c, next));
  app.use((c, next) => logRequest(api, c, next));
  app.use((c, next) => injectFaults(api, c, next));
  addRoutesControl(app, api);
  addFileRoutes(app, api);
  app.use('/mj/*', (c, next) => guardSecret(api, c, next));
  addTaskRoutes(app, api);
  addSubmitRoutes(app, api, new Submits(api, ids));
  app.notFound(() => sendEmpty(404));
  app.onError((thrown, c) => {
    api.logger.error({ reason: toErrorMessage(thrown) }, 'the stand-in of the proxy failed');
    return sendJson(c, 500, { code: 500, description: '系统异常' });
  });
  return app;
}
