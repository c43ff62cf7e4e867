import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { AppError } from '../../../src/shared/errors.ts';
import { addActionRoutes } from './page-actions.ts';
import type { PageState } from './page-api.ts';
import { readJson } from './page-body.ts';
import { addControlRoutes } from './page-control-routes.ts';
import type { PageControls } from './page-controls.ts';
import { PageEvents, seesChannel } from './page-events.ts';
import { addFileRoutes } from './page-files.ts';
import { allowOnlyOwnPage, withSafeHeaders } from './page-guard.ts';
import { PageReads } from './page-reads.ts';
import { toPageCommands, toPageMessage } from './page-view.ts';
import type { PageWire } from './page-wire.ts';
import type { PageWorld } from './page-world.ts';

const MAX_TRIES = 50;
/** In use, or not for this user. */
const TAKEN = new Set(['EADDRINUSE', 'EACCES']);
const MAX_PORT = 65_535;
/** Who looks where. */
const Look = z.object({ as: z.string().max(20), channelId: z.string().max(20) });

export interface PageOptions {
  readonly world: PageWorld;
  /** The port to listen on; taken: the next free one. 0 asks for any. */
  readonly port: number;
  /** Lines for the page that say which parts are stand-ins. */
  readonly about: readonly string[];
  /** Left out: the page has no controls of the world and no wire view. */
  readonly steering?: PageSteering | undefined;
  /** Called when the first page opens in a browser, and when the last one is gone. */
  readonly onWatched?: ((isWatched: boolean) => void) | undefined;
}

/** What the page can do and see besides being a member. */
export interface PageSteering {
  readonly controls: PageControls;
  readonly wire: PageWire;
}

export interface Page {
  /** Where the page is: `http://127.0.0.1:4780`. */
  readonly url: string;
  readonly port: number;
  /** Whether the wanted port was taken. */
  readonly moved: boolean;
  /** Ends the server and every open stream. */
  close(): Promise<void>;
}

/** Serves the sandbox's page on loopback. Throws when none of the next ports is free. */
export async function startPage(options: PageOptions): Promise<Page> {
  const { world, port, steering, onWatched } = options;
  const reads = new PageReads(world);
  const events = new PageEvents(world, reads, onWatched);
  const stopListening = [
    steering?.controls.subscribe(() => events.announce('controls')),
    steering?.wire.subscribe(() => events.announce('wire')),
  ];
  let ownPort = port;
  const app = makeApp({ ...options, events, reads, ownPort: () => ownPort });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  ownPort = await listen(server, port);
  return {
    url: `http://127.0.0.1:${ownPort}`,
    port: ownPort,
    moved: port !== 0 && ownPort !== port,
    async close() {
      for (const stop of stopListening) stop?.();
      await close(server, events);
    },
  };
}

interface PageParts extends PageOptions {
  readonly events: PageEvents;
  readonly reads: PageReads;
  readonly ownPort: () => number;
}

function makeApp(parts: PageParts): Hono {
  const { world, events, steering } = parts;
  const app = new Hono();
  app.use(withSafeHeaders, allowOnlyOwnPage(parts.ownPort));
  addFileRoutes(app, world);
  addReadRoutes(app, parts);
  addActionRoutes(app, world, events);
  if (steering !== undefined) addControlRoutes(app, steering.controls, steering.wire);
  events.addRoute(app);
  return app;
}

function addReadRoutes(app: Hono, parts: PageParts): void {
  const { world, reads, events } = parts;
  app.get('/api/people', (context) => context.json({ people: world.people() }));
  app.get('/api/state', (context) => {
    const state = toState(parts, context.req.query('as') ?? '');
    return state === undefined ? context.json({ error: 'No such member.' }, 404) : context.json(state);
  });
  app.get('/api/messages', (context) => {
    const { as = '', channel = '' } = context.req.query();
    const person = seesChannel(world, as, channel) ? world.person(as) : undefined;
    if (person === undefined) return context.json({ error: 'No such member or channel.' }, 404);
    return context.json({ messages: person.messages(channel).map((message) => toPageMessage(message)) });
  });
  app.get('/api/commands', (context) => {
    const { as = '', channel = '' } = context.req.query();
    if (!seesChannel(world, as, channel)) return context.json({ error: 'No such member or channel.' }, 404);
    return context.json(toPageCommands(world.commands(as, channel)));
  });
  app.post('/api/read', async (context) => {
    const data = Look.safeParse(await readJson(context));
    if (!data.success) return context.json({ error: z.prettifyError(data.error) }, 400);
    const { as, channelId } = data.data;
    if (reads.read(as, channelId)) events.sendUnread(as);
    return context.body(null, 204);
  });
}

function toState({ world, reads, about, steering }: PageParts, userId: string): PageState | undefined {
  const people = world.people();
  const me = people.find((member) => member.id === userId);
  if (me === undefined) return undefined;
  const servers = world.servers(userId);
  const locales = world.locales();
  return { me, people, locales, servers, about, unread: reads.of(userId), hasControls: steering !== undefined };
}

async function listen(server: Server, wanted: number): Promise<number> {
  const last = Math.min(wanted + MAX_TRIES - 1, MAX_PORT);
  for (let port = wanted; port <= last; port += 1) {
    if (await tryListen(server, port)) {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    }
  }
  const tried = wanted === last ? `Port ${wanted} is not free` : `No port from ${wanted} to ${last} is free`;
  throw new AppError('sandbox-no-port', `SANDBOX_PORT: ${tried}; set another one, or 0 for any.`);
}

/** Whether the server now listens; false when the port cannot be had. */
function tryListen(server: Server, port: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const onError = (error: NodeJS.ErrnoException) => (TAKEN.has(error.code ?? '') ? resolve(false) : reject(error));
  server.once('error', onError);
  server.listen(port, '127.0.0.1', () => {
    server.off('error', onError);
    resolve(true);
  });
  return promise;
}

async function close(server: Server, events: PageEvents): Promise<void> {
  events.close();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
