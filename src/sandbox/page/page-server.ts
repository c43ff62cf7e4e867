import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { addActionRoutes } from './page-actions.ts';
import type { PageState } from './page-api.ts';
import { PageEvents, seesChannel } from './page-events.ts';
import { addFileRoutes } from './page-files.ts';
import { allowOnlyOwnPage, withSafeHeaders } from './page-guard.ts';
import { toPageCommands, toPageMessage } from './page-view.ts';
import type { PageWorld } from './page-world.ts';

const MAX_TRIES = 50;

export interface PageOptions {
  readonly world: PageWorld;
  /** The port to listen on; taken: the next free one. 0 asks for any. */
  readonly port: number;
  /** Lines for the page that say which parts are stand-ins. */
  readonly about: readonly string[];
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
export async function startPage({ world, port, about }: PageOptions): Promise<Page> {
  const events = new PageEvents(world);
  let ownPort = port;
  const app = makeApp(world, events, about, () => ownPort);
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  ownPort = await listen(server, port);
  return {
    url: `http://127.0.0.1:${ownPort}`,
    port: ownPort,
    moved: port !== 0 && ownPort !== port,
    close: () => close(server, events),
  };
}

function makeApp(world: PageWorld, events: PageEvents, about: readonly string[], port: () => number): Hono {
  const app = new Hono();
  app.use(withSafeHeaders, allowOnlyOwnPage(port));
  addFileRoutes(app, world);
  addReadRoutes(app, world, about);
  addActionRoutes(app, world, events);
  events.addRoute(app);
  return app;
}

function addReadRoutes(app: Hono, world: PageWorld, about: readonly string[]): void {
  app.get('/api/people', (context) => context.json({ people: world.people() }));
  app.get('/api/state', (context) => {
    const state = toState(world, context.req.query('as') ?? '', about);
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
}

function toState(world: PageWorld, userId: string, about: readonly string[]): PageState | undefined {
  const people = world.people();
  const me = people.find((member) => member.id === userId);
  return me === undefined ? undefined : { me, people, servers: world.servers(userId), about };
}

async function listen(server: Server, wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + MAX_TRIES; port += 1) {
    if (await tryListen(server, port)) {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    }
  }
  throw new Error(`No free port between ${wanted} and ${wanted + MAX_TRIES - 1}`);
}

/** Whether the server now listens; false when the port is taken. */
function tryListen(server: Server, port: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const onError = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
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
