import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { compact } from '../../../src/shared/compact.ts';
import { isOwnHost } from '../../own-site.ts';
import type { GatewayFaults } from '../discord-faults.ts';
import { Intent } from '../discord-numbers.ts';
import { type JsonObject, toStrings, toText } from '../json.ts';
import type { WireLog } from '../wire-log.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { toApiMember, toGatewayGuild } from '../world/wire-views.ts';
import type { WorldChange, WorldGuild } from '../world/world-records.ts';
import { GatewayConnection, type GatewayHost, type Identify, type IdentifyRefusal } from './gateway-connection.ts';
import { type GatewayEvent, toGatewayEvent } from './gateway-events.ts';
import { toFurtherEvent } from './gateway-message-events.ts';
import { GatewaySession, isOfShard } from './gateway-session.ts';
import { type SessionStartLimit, type SessionStartOptions, SessionStarts } from './session-starts.ts';
import { ThreadAccess } from './thread-access.ts';

const COMPRESSIONS: ReadonlySet<string | null> = new Set([null, 'zlib-stream']);
const MAX_SESSIONS = 32;
/** Discord publishes no number; a few minutes are what bots see. */
const SESSION_LIVES_MS = 5 * 60_000;
/** Beyond these a shard is refused. */
const MAX_SERVERS_PER_SHARD = 2_500;
/** By which Discord recommends how many shards to start; it publishes no number. */
const RECOMMENDED_SERVERS_PER_SHARD = 1_000;

export interface GatewayOptions {
  readonly token: string;
  readonly log: WireLog;
  /** Milliseconds between heartbeats; default 41,250 as Discord's. */
  readonly heartbeatIntervalMs?: number;
  /** Privileged intents that the application was granted; default none. */
  readonly allowedIntents?: number;
  /** How often somebody may log in; default Discord's. */
  readonly sessionStarts?: SessionStartOptions | 'off';
  /** Milliseconds for which a session waits to be resumed; default 300,000. */
  readonly sessionLivesMs?: number;
  /** How many shards are recommended; default one for each 1,000 servers. */
  readonly recommendedShards?: number;
  /** Servers that one shard may have; default 2,500. */
  readonly maxServersPerShard?: number;
}

/** The gateway: keeps the sessions of all clients and sends them what changes in the world. */
export class Gateway implements GatewayHost, GatewayFaults {
  readonly token: string;
  readonly heartbeatIntervalMs: number;
  readonly allowedIntents: number;
  isMute = false;
  readonly #world: DiscordWorld;
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, GatewaySession>();
  readonly #connections = new Set<GatewayConnection>();
  readonly #threadAccess: ThreadAccess;
  readonly #starts: SessionStarts;
  #logins = 0;
  #resumes = 0;
  /** Servers of which nothing is heard, as in an outage. */
  readonly #silent = new Set<string>();
  readonly #stopListening: () => void;
  #isDown = false;
  #url = '';
  #resumeUrl: string | undefined;

  constructor(world: DiscordWorld, options: GatewayOptions) {
    this.#world = world;
    this.#options = options;
    this.token = options.token;
    this.heartbeatIntervalMs = options.heartbeatIntervalMs ?? 41_250;
    this.allowedIntents = options.allowedIntents ?? 0;
    this.#threadAccess = new ThreadAccess(world);
    this.#starts = new SessionStarts(options.sessionStarts ?? {}, world.clock);
    this.#stopListening = world.subscribe((change) => this.#announce(change));
  }

  /** Where clients connect: `ws://127.0.0.1:PORT/gateway`. */
  get url(): string {
    return this.#url;
  }

  setUrl(url: string): void {
    this.#url = url;
  }

  get sessionStartLimit(): SessionStartLimit {
    return this.#starts.limit;
  }

  /** How many log-ins were refused with op 9 because they came too soon. */
  get hastyLogins(): number {
    return this.#starts.tooSoon;
  }

  get recommendedShards(): number {
    const servers = this.#world.guildsOf(this.#world.bot.id).length;
    return this.#options.recommendedShards ?? Math.max(1, Math.ceil(servers / RECOMMENDED_SERVERS_PER_SHARD));
  }

  now(): number {
    return this.#world.clock.now();
  }

  /** Takes over an HTTP connection; refused with 503 while the gateway is down, and with 403 where a browser asks. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (!this.#isFromProgram(request)) refuseUpgrade(socket, '403 Forbidden');
    else if (this.#isDown || !url?.pathname.startsWith('/gateway')) refuseUpgrade(socket, '503 Service Unavailable');
    else this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client, url));
  }

  /** Any website may open a WebSocket to this machine, but its browser then says which one it is; bots say nothing. */
  #isFromProgram({ headers }: IncomingMessage): boolean {
    return headers.origin === undefined && isOwnHost(headers.host, Number(new URL(this.#url).port));
  }

  #welcome(client: WebSocket, url: URL): void {
    const version = url.searchParams.get('v') ?? '10';
    const encoding = url.searchParams.get('encoding') ?? 'json';
    const compress = url.searchParams.get('compress');
    if (version !== '10' && version !== '9') client.close(4012, 'Invalid API version.');
    else if (encoding !== 'json' || !COMPRESSIONS.has(compress)) client.close(4002, 'Only JSON is spoken.');
    else this.#connections.add(new GatewayConnection(client, this, compress !== null));
  }

  /** Where none is left for the day, Discord takes the bot's token away: every session ends. */
  identify(identify: Identify): GatewaySession | IdentifyRefusal {
    const verdict = this.#starts.take(identify.shardId);
    if (verdict === 'used-up') this.#endAll();
    if (verdict !== 'taken') return verdict;
    const most = this.#options.maxServersPerShard ?? MAX_SERVERS_PER_SHARD;
    return this.#guildsOf(identify).length > most ? 'too-many-servers' : this.#open(identify);
  }

  #guildsOf(shard: Pick<Identify, 'shardId' | 'shardCount'>): readonly WorldGuild[] {
    return this.#world.guildsOf(this.#world.bot.id).filter((guild) => isOfShard(guild.id, shard));
  }

  #open(identify: Identify): GatewaySession {
    const session = new GatewaySession({ id: randomBytes(16).toString('hex'), ...identify });
    this.#sessions.set(session.start.id, session);
    this.#logins += 1;
    for (const [id, old] of this.#sessions) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      if (!old.isConnected) this.#sessions.delete(id);
    }
    return session;
  }

  /** None where it is over, or was left for too long. */
  findSession(sessionId: string): GatewaySession | undefined {
    const session = this.#sessions.get(sessionId);
    const { sessionLivesMs = SESSION_LIVES_MS } = this.#options;
    const isOver = session?.leftAt !== undefined && this.now() - session.leftAt >= sessionLivesMs;
    if (isOver) this.#sessions.delete(sessionId);
    return isOver ? undefined : session;
  }

  sayReady(session: GatewaySession): void {
    const { id, shardId, shardCount, intents } = session.start;
    const guilds = this.#guildsOf(session.start);
    session.dispatch('READY', {
      v: 10,
      user: { ...this.#world.bot, verified: true, mfa_enabled: true, email: null },
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: id,
      session_type: 'normal',
      resume_gateway_url: this.#resumeUrl ?? this.#url,
      shard: [shardId, shardCount],
      application: { id: this.#world.applicationId, flags: 0 },
      private_channels: [],
      relationships: [],
      presences: [],
      guild_join_requests: [],
      geo_ordered_rtc_regions: [],
      user_settings: {},
      _trace: ['stand-in'],
    });
    if ((intents & Intent.Guilds) !== 0) this.#sayGuilds(session, guilds);
    this.#sayPresence();
  }

  /** Sends a GUILD_CREATE for each server that READY named; of one in an outage, that it still lasts. */
  #sayGuilds(session: GatewaySession, guilds: readonly WorldGuild[]): void {
    const allMembers = (session.start.intents & Intent.GuildMembers) !== 0;
    const channels = Map.groupBy(this.#world.channels.values(), ({ guildId }) => guildId);
    for (const guild of guilds) {
      const { id } = guild;
      if (this.#silent.has(id)) session.dispatch('GUILD_DELETE', { id, unavailable: true });
      else session.dispatch('GUILD_CREATE', toGatewayGuild(this.#world, guild, allMembers, channels.get(id) ?? []));
    }
  }

  /** Only those named by id, or all where the privileged intent was granted. */
  sendMembers(session: GatewaySession, request: JsonObject): void {
    const guild = this.#world.guilds.get(toText(request['guild_id']) ?? '');
    if (guild === undefined) return;
    const asked = request['user_ids'];
    const isAll = asked === undefined && (session.start.intents & Intent.GuildMembers) !== 0;
    const ids = isAll ? [...guild.members.keys()] : typeof asked === 'string' ? [asked] : toStrings(asked);
    const nonce = toText(request['nonce']);
    session.dispatch('GUILD_MEMBERS_CHUNK', {
      guild_id: guild.id,
      members: ids.flatMap((id) => guild.members.get(id) ?? []).map((member) => toApiMember(this.#world, member)),
      not_found: ids.filter((id) => !guild.members.has(id)),
      chunk_index: 0,
      chunk_count: 1,
      ...compact({ nonce }),
    });
  }

  resumed(): void {
    this.#resumes += 1;
    this.#sayPresence();
  }

  ended(connection: GatewayConnection, isSessionOver: boolean): void {
    this.#connections.delete(connection);
    if (isSessionOver && connection.session !== undefined) this.#sessions.delete(connection.session.start.id);
    this.#sayPresence();
  }

  /** How many sessions were begun (IDENTIFY). */
  get logins(): number {
    return this.#logins;
  }

  /** How many connections went on with a session (RESUME). */
  get resumes(): number {
    return this.#resumes;
  }

  /** How many clients are logged in and connected. */
  get connectedSessions(): number {
    return [...this.#sessions.values()].filter((session) => session.isConnected).length;
  }

  drop({ canResume, shardId }: { readonly canResume: boolean; readonly shardId?: number }): void {
    const isMeant = (session: GatewaySession | undefined) =>
      shardId === undefined || session?.start.shardId === shardId;
    for (const [id, session] of canResume ? [] : this.#sessions) if (isMeant(session)) this.#sessions.delete(id);
    for (const connection of [...this.#connections]) if (isMeant(connection.session)) connection.close();
  }

  closeWith(code: number): void {
    for (const connection of [...this.#connections]) connection.close(code);
  }

  setGuildAvailable(guildId: string, isAvailable: boolean): void {
    const guild = this.#world.guilds.get(guildId);
    if (guild === undefined || isAvailable !== this.#silent.has(guildId)) return;
    const about = { intent: Intent.Guilds, guildId };
    if (isAvailable) {
      this.#silent.delete(guildId);
      this.#dispatch({ ...about, name: 'GUILD_CREATE', data: toGatewayGuild(this.#world, guild, false) });
    } else {
      this.#dispatch({ ...about, name: 'GUILD_DELETE', data: { id: guildId, unavailable: true } });
      this.#silent.add(guildId);
    }
  }

  moveResume(url: string | undefined): void {
    this.#resumeUrl = url;
  }

  #endAll(): void {
    this.#sessions.clear();
    this.closeWith(4004);
  }

  setDown(isDown: boolean): void {
    this.#isDown = isDown;
    if (isDown) this.drop({ canResume: true });
  }

  setMute(isMute: boolean): void {
    this.isMute = isMute;
  }

  askReconnect(): void {
    for (const connection of this.#connections) connection.askReconnect();
  }

  invalidate({ canResume }: { readonly canResume: boolean }): void {
    if (!canResume) this.#sessions.clear();
    for (const connection of this.#connections) connection.invalidate(canResume);
  }

  close(): void {
    this.#stopListening();
    this.drop({ canResume: false });
    this.#server.close();
  }

  #announce(change: WorldChange): void {
    const event = toGatewayEvent(this.#world, change) ?? toFurtherEvent(this.#world, change);
    const syncs = this.#threadAccess.afterChange(change);
    const { addresses } = this.#world.attachments;
    for (const sent of event === undefined ? syncs : [event, ...syncs]) this.#dispatch(addresses.sign(sent));
  }

  #dispatch(event: GatewayEvent): void {
    if (this.#silent.has(event.guildId ?? '')) return;
    const reached = [...this.#sessions.values()].filter((session) => session.offer(event)).length;
    if (reached === 0) return;
    const { name, data } = event;
    const about = { kind: 'dispatch', method: name, route: name, path: '', status: reached, durationMs: 0 } as const;
    this.#options.log.add({ ...about, at: Date.now(), body: data, files: [] });
  }

  #sayPresence(): void {
    this.#world.emit({ kind: 'bot-presence', sessions: this.connectedSessions });
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  // The client may cut it meanwhile.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
