import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { isOtherWebsite, isOwnHost, toRequestSource } from '../own-site.ts';
import { createCdnApp } from './cdn.ts';
import { DiscordFaults } from './discord-faults.ts';
import { Gateway } from './gateway/gateway.ts';
import type { SessionStartOptions } from './gateway/session-starts.ts';
import { InteractionAnswers } from './interactions/interaction-answers.ts';
import { Interactions } from './interactions/interactions.ts';
import { StandInPerson } from './people/person.ts';
import { applicationRoutes } from './rest/application-routes.ts';
import { bulkDeleteRoutes } from './rest/bulk-delete-routes.ts';
import { channelRoutes } from './rest/channel-routes.ts';
import { commandRoutes } from './rest/command-routes.ts';
import { emojiRoutes } from './rest/emoji-routes.ts';
import { guildRoutes } from './rest/guild-routes.ts';
import { interactionRoutes } from './rest/interaction-routes.ts';
import { messageRoutes } from './rest/message-routes.ts';
import { OpenRequests } from './rest/open-requests.ts';
import { pinRoutes } from './rest/pin-routes.ts';
import { RateLimiter, type RateLimitOptions } from './rest/rate-limits.ts';
import { reactionRoutes } from './rest/reaction-routes.ts';
import type { RestRoute } from './rest/rest-call.ts';
import { createRestApp } from './rest/rest-server.ts';
import { threadListRoutes } from './rest/thread-list-routes.ts';
import { threadRoutes } from './rest/thread-routes.ts';
import { webhookRoutes } from './rest/webhook-routes.ts';
import { checkByRules, type PayloadCheck, type ResponseCheck } from './rules/payload-check.ts';
import { WireLog } from './wire-log.ts';
import { DiscordWorld } from './world/discord-world.ts';
import type { WaitsFor, WholePerson } from './world/people.ts';
import { ThreadArchiver } from './world/thread-archiver.ts';
import { toMaxUploadBytes } from './world/upload-limits.ts';
import { defaultWorldPlan, type WorldPlan } from './world/world-plan.ts';

const HOUR_MS = 60 * 60_000;

export interface DiscordStandInOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** The bot's token; default: a new one at each start. */
  readonly token?: string;
  /** For ids, interaction deadlines and nonces; rate limits and heartbeats follow real time, as the client's do. */
  readonly clock?: Clock;
  /** Default `defaultWorldPlan`. */
  readonly world?: WorldPlan;
  /** Overrides the plan's application id, which is the bot's user id too. */
  readonly applicationId?: string;
  /** Default: Discord's 50 a second, and 5 messages in 5 seconds per channel. */
  readonly limits?: RateLimitOptions | 'off';
  /** How often the bot may log in; default Discord's, or off where `limits` is. */
  readonly sessionStarts?: SessionStartOptions | 'off';
  /** Milliseconds for which a lost session waits to be resumed; default 300,000. */
  readonly sessionLivesMs?: number;
  /** How many shards the bot is recommended to start; default one for each 1,000 servers. */
  readonly recommendedShards?: number;
  /** Servers that one shard may have; default 2,500. */
  readonly maxServersPerShard?: number;
  /** Judges every request body; default `checkByRules`: Discord's schema and documented rules. */
  readonly checkRequest?: PayloadCheck;
  /** Judges every answer of the stand-in. */
  readonly checkResponse?: ResponseCheck;
  /** Milliseconds for which a message's nonce is remembered; default 300,000. */
  readonly nonceLivesMs?: number;
  /** Milliseconds for which a signed address of an uploaded file is good; default a day. */
  readonly addressesLiveMs?: number;
  /** Privileged gateway intents that are granted; default none. */
  readonly allowedIntents?: number;
  /** Milliseconds; default 41,250. */
  readonly heartbeatIntervalMs?: number;
  /** Real milliseconds a person waits for an answer; default 15,000. */
  readonly patienceMs?: number;
  /** Milliseconds within which the bot's first answer to an interaction must come; default Discord's 3,000. */
  readonly answerWithinMs?: number;
}

/** A running stand-in of Discord on loopback. */
export interface DiscordStandIn {
  /** Goes to discord.js as `rest.api`: `http://127.0.0.1:PORT/api`. */
  readonly apiUrl: string;
  readonly token: string;
  readonly applicationId: string;
  readonly guildIds: readonly string[];
  /** `127.0.0.1:PORT`, where uploaded files are served. */
  readonly cdnHost: string;
  readonly world: DiscordWorld;
  readonly faults: DiscordFaults;
  /** Requests of the bot and dispatches to it. */
  readonly requests: WireLog;
  /** Resolves when the requests that are under way now have taken effect and were answered. */
  whenServed(): Promise<void>;
  /** How many shards of clients are logged in right now. */
  connectedSessions(): number;
  /** How many sessions were begun (IDENTIFY), and how many connections went on with one (RESUME). */
  logins(): number;
  resumes(): number;
  /** How many log-ins were refused with op 9 because they came too soon. */
  hastyLogins(): number;
  /** One member, who waits for whole answers unless set otherwise; throws for an unknown user. */
  people(userId: string, waitsFor?: WaitsFor): WholePerson;
  close(): Promise<void>;
}

/** Starts the stand-in; it listens when the promise resolves. */
export async function startDiscordStandIn(options: DiscordStandInOptions = {}): Promise<DiscordStandIn> {
  const token = options.token ?? randomUUID();
  const world = new DiscordWorld(toPlan(options), options.clock ?? systemClock, options);
  const interactions = new Interactions(world, options.answerWithinMs);
  const requests = new WireLog();
  const sessionStarts = options.sessionStarts ?? (options.limits === 'off' ? 'off' : {});
  const gateway = new Gateway(world, { ...options, sessionStarts, token, log: requests });
  const faults = new DiscordFaults(gateway);
  const open = new OpenRequests();
  const rest = createRestApp({
    token,
    faults,
    log: requests,
    open,
    limiter: options.limits === 'off' ? undefined : new RateLimiter(options.limits),
    sign: (body) => world.attachments.addresses.sign(body),
    isOld: (messageId) => world.messages.isOlderThan(messageId, HOUR_MS),
    maxUploadBytes: (params) => toMaxUploadBytes(world, interactions, params),
    checkRequest: options.checkRequest ?? checkByRules,
    checkResponse: options.checkResponse,
    routes: toRoutes(world, interactions, gateway, options),
  });
  const server = await listen(rest, world, gateway, options.port ?? 0);
  const archiver = new ThreadArchiver(world);
  return {
    apiUrl: `http://${server.host}/api`,
    token,
    applicationId: world.applicationId,
    guildIds: [...world.guilds.keys()],
    cdnHost: server.host,
    world,
    faults,
    requests,
    whenServed: () => open.whenDone(),
    connectedSessions: () => gateway.connectedSessions,
    logins: () => gateway.logins,
    resumes: () => gateway.resumes,
    hastyLogins: () => gateway.hastyLogins,
    people: (userId, waitsFor = 'whole-answer') =>
      new StandInPerson(world, interactions, userId, { waitsFor, limitMs: options.patienceMs ?? 15_000 }),
    close: async () => {
      archiver.close();
      interactions.close();
      gateway.close();
      await server.close();
    },
  };
}

function toRoutes(
  world: DiscordWorld,
  interactions: Interactions,
  gateway: Gateway,
  options: DiscordStandInOptions,
): readonly RestRoute[] {
  return [
    ...applicationRoutes(world, gateway),
    ...guildRoutes(world, options.allowedIntents ?? 0),
    ...channelRoutes(world),
    ...threadRoutes(world),
    ...threadListRoutes(world),
    ...pinRoutes(world),
    ...bulkDeleteRoutes(world),
    ...reactionRoutes(world),
    ...emojiRoutes(world),
    ...messageRoutes(world, options.allowedIntents ?? 0),
    ...commandRoutes(world),
    ...webhookRoutes(world),
    ...interactionRoutes(world, new InteractionAnswers(world, interactions)),
  ];
}

function toPlan(options: DiscordStandInOptions): WorldPlan {
  const plan = options.world ?? defaultWorldPlan;
  const { applicationId } = options;
  return applicationId === undefined ? plan : { ...plan, applicationId, bot: { ...plan.bot, id: applicationId } };
}

interface Listening {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  close(): Promise<void>;
}

async function listen(
  rest: Hono<{ Bindings: HttpBindings }>,
  world: DiscordWorld,
  gateway: Gateway,
  port: number,
): Promise<Listening> {
  const app = new Hono<{ Bindings: HttpBindings }>({ getPath: toPath });
  let ownPort = port;
  app.use(async (context, next) => refuseStrangers(context, ownPort) ?? next());
  app.route('/', rest);
  app.route('/', createCdnApp(world.attachments));
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  server.on('upgrade', (request, socket, head) => gateway.upgrade(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  ownPort = (server.address() as AddressInfo).port;
  const host = `127.0.0.1:${ownPort}`;
  world.attachments.addresses.setPort(ownPort);
  gateway.setUrl(`ws://${host}/gateway`);
  return { host, close: () => stop(server) };
}

/** Refuses other names for this machine, and all but looking at files to other websites in the same browser. */
function refuseStrangers(context: Context, port: number): Response | undefined {
  const source = toRequestSource((name) => context.req.header(name));
  if (!isOwnHost(source.host, port)) return context.text('Forbidden host', 403);
  const isLook = context.req.method === 'GET' || context.req.method === 'HEAD';
  const isFile = isLook && !context.req.path.startsWith('/api');
  return !isFile && isOtherWebsite(source) ? context.text('Forbidden origin', 403) : undefined;
}

/** Clients write `@me` and `@original` in either way. */
function toPath(request: Request): string {
  return getPath(request).replaceAll('%40', '@');
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
