import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { toErrorMessage } from '../../src/shared/errors.ts';
import { type Logger, silentLogger } from '../../src/shared/logger.ts';
import { Faults } from '../midjourney/faults.ts';
import { guardOrigin, injectFaults, logRequest } from '../midjourney/guards.ts';
import { type ApiEnv, sendJson } from '../midjourney/http.ts';
import { closeServer, listen } from '../midjourney/listen.ts';
import { FIRST_CHANNEL, MidjourneyWorld, type Subscription } from '../midjourney/midjourney-world.ts';
import { Pictures } from '../midjourney/pictures.ts';
import { RequestLog, type RequestRecord } from '../midjourney/request-log.ts';
import { addRoutesControl } from '../midjourney/routes-control.ts';
import { type ApiContext, toRecord } from './api-context.ts';
import { startCallbacks } from './callbacks.ts';
import { compressAnswer, guardApi } from './guard-api.ts';
import { addRoutesMedia } from './routes-media.ts';
import { addRoutesV2 } from './routes-v2.ts';
import { addRoutesV3 } from './routes-v3.ts';
import { addSeedJobs, EXAMPLE_CHANNEL } from './seed-jobs.ts';
import { defaultSwitches, type UseapiSwitches, type UseapiWorld } from './useapi-switches.ts';

export interface UseapiStandInOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** A new one at each start by default. */
  readonly token?: string;
  /** 1, the default: a job takes about 30 s; 0: nothing moves unless asked. */
  readonly speed?: number;
  readonly clock?: Clock;
  /** Starts with a few jobs in every state; false by default. */
  readonly seedJobs?: boolean;
  /** Whether the vendor's published records are among those jobs; true by default. */
  readonly publishedRecords?: boolean;
  readonly switches?: Partial<UseapiSwitches>;
  readonly subscription?: Subscription;
  /** Jobs of one version that a channel runs at once; 3 by default. */
  readonly maxJobs?: number;
  /** The account's channels; one by default, two with `seedJobs`. */
  readonly apiChannels?: readonly string[];
  /** Words whose prompts are accepted and moderated after 2–5 s; `gore`, `nude` by default. */
  readonly moderatedWords?: readonly string[];
  /** Words whose prompts are refused on submit (422, by default in v2 only); `forbidden` by default. */
  readonly refusedWords?: readonly string[];
  readonly logger?: Logger;
}

/** A running stand-in of the API. */
export interface UseapiStandIn {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly token: string;
  /** `127.0.0.1:<port>`: where attachments come from. */
  readonly mediaHost: string;
  readonly world: UseapiWorld;
  readonly faults: Faults;
  /** The latest requests, oldest first; the control route's are not among them. */
  readonly requests: readonly RequestRecord[];
  clearRequests(): void;
  /** Calls `listener` after each request; returns how to stop it. */
  onRequest(listener: (record: RequestRecord) => void): () => void;
  close(): Promise<void>;
}

const CALLS_BACK = { sent: 1, lost: 0, repeated: 3 } as const;

/** Starts the stand-in of the useapi.net Midjourney API, v2 and v3, on loopback. */
export async function startUseapiStandIn(options: UseapiStandInOptions = {}): Promise<UseapiStandIn> {
  let origin = '';
  const world = toWorld(options);
  const api: ApiContext = {
    world,
    token: options.token ?? randomUUID(),
    origin: () => origin,
    pictures: new Pictures(),
    faults: new Faults(),
    log: new RequestLog(),
    logger: options.logger ?? silentLogger,
  };
  const listener = getRequestListener(toApp(api).fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  const port = await listen(server, options.port ?? 0);
  origin = `http://127.0.0.1:${port}`;
  const stopCallbacks = startCallbacks(world, (job) => toRecord(api, job), api.logger, {
    times: () => CALLS_BACK[world.switches.callbacks],
  });
  if (options.seedJobs === true) addSeedJobs(world, origin, { hasPublished: options.publishedRecords !== false });
  return {
    url: origin,
    token: api.token,
    mediaHost: `127.0.0.1:${port}`,
    world,
    faults: api.faults,
    requests: api.log.records,
    clearRequests: () => api.log.clear(),
    onRequest: (heard) => api.log.onRequest(heard),
    close: () => {
      stopCallbacks();
      world.close();
      return closeServer(server);
    },
  };
}

function toWorld(options: UseapiStandInOptions): UseapiWorld {
  return new MidjourneyWorld({
    clock: options.clock ?? systemClock,
    speed: options.speed ?? 1,
    apiChannels:
      options.apiChannels ?? (options.seedJobs === true ? [FIRST_CHANNEL, EXAMPLE_CHANNEL] : [FIRST_CHANNEL]),
    maxJobs: options.maxJobs ?? 3,
    subscription: options.subscription ?? 'active',
    switches: { ...defaultSwitches, ...options.switches },
    moderatedWords: options.moderatedWords ?? ['gore', 'nude'],
    refusedWords: options.refusedWords ?? ['forbidden'],
  });
}

function toApp(api: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use((c, next) => guardOrigin(api, c, next));
  app.use((c, next) => logRequest(api, c, next));
  app.use((c, next) => compressAnswer(api, c, next));
  app.use((c, next) => injectFaults(api, c, next));
  for (const path of ['/v1/*', '/v2/*', '/v3/*']) app.use(path, (c, next) => guardApi(api, c, next));
  addRoutesControl(app, api);
  addRoutesV2(app, api);
  addRoutesV3(app, api);
  addRoutesMedia(app, api);
  app.notFound((c) => sendJson(c, 404, { error: 'Not Found' }));
  app.onError((thrown, c) => {
    api.logger.error({ reason: toErrorMessage(thrown) }, 'the stand-in of the API failed');
    return sendJson(c, 500, { error: 'Internal Server Error' });
  });
  return app;
}
