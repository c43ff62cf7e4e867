import { WebSocket } from 'ws';
import { Intent } from '../discord-numbers.ts';
import { isObject, type JsonObject, toNumber, toObject, toText } from '../json.ts';
import { type FrameWriter, plainFrames, zlibFrames } from './gateway-frames.ts';
import type { GatewaySession } from './gateway-session.ts';

const Op = {
  Heartbeat: 1,
  Identify: 2,
  Resume: 6,
  Reconnect: 7,
  RequestMembers: 8,
  InvalidSession: 9,
  Hello: 10,
  HeartbeatAck: 11,
} as const;
type CloseReason = readonly [code: number, reason: string];

const Close = {
  unknownOpcode: [4001, 'Unknown opcode.'],
  decodeError: [4002, 'Error while decoding payload.'],
  notAuthenticated: [4003, 'Not authenticated.'],
  authenticationFailed: [4004, 'Authentication failed.'],
  alreadyAuthenticated: [4005, 'Already authenticated.'],
  invalidSeq: [4007, 'Invalid seq.'],
  rateLimited: [4008, 'You are being rate limited.'],
  invalidShard: [4010, 'Invalid shard.'],
  shardingRequired: [4011, 'Sharding required.'],
  invalidIntents: [4013, 'Invalid intent(s).'],
  disallowedIntents: [4014, 'Disallowed intent(s).'],
} as const satisfies Record<string, CloseReason>;

/** Codes by which a client that closes says that it will not come back. */
const ENDS_SESSION = new Set([1000, 1001]);
const KNOWN_OPS = new Set([1, 2, 3, 4, 6, 8, 31]);
const ALL_INTENTS = 2 ** 26 - 1;
const PRIVILEGED = Intent.GuildMembers | Intent.GuildPresences | Intent.MessageContent;
/** Bytes that a client may send at once. */
const MAX_PAYLOAD = 4_096;
const MAX_SENDS = 120;
const SENDS_WINDOW_MS = 60_000;

export interface Identify {
  readonly intents: number;
  readonly shardId: number;
  readonly shardCount: number;
}

/**
 * Why a log-in is refused: it comes too soon after the last one, none is left for the day, or the shard would have too
 * many servers.
 */
export type IdentifyRefusal = 'too-soon' | 'used-up' | 'too-many-servers';

/** What a connection asks of the gateway behind it. */
export interface GatewayHost {
  readonly token: string;
  /** Milliseconds. */
  readonly heartbeatIntervalMs: number;
  /** Privileged intents that the application was granted. */
  readonly allowedIntents: number;
  readonly isMute: boolean;
  /** Epoch milliseconds of the world's clock. */
  now(): number;
  /** A new session, or why this log-in is refused. */
  identify(identify: Identify): GatewaySession | IdentifyRefusal;
  /** The session to go on with, or none when it is gone. */
  findSession(sessionId: string): GatewaySession | undefined;
  sayReady(session: GatewaySession): void;
  resumed(): void;
  /** Op 8: the members that a client asks for. */
  sendMembers(session: GatewaySession, request: JsonObject): void;
  /** A connection has ended, its session with it where the client does not want it any more. */
  ended(connection: GatewayConnection, isSessionOver: boolean): void;
}

/** One client's connection: speaks the gateway's protocol and ends it with Discord's close codes. */
export class GatewayConnection {
  readonly #socket: WebSocket;
  readonly #host: GatewayHost;
  readonly #frames: FrameWriter;
  #session: GatewaySession | undefined;
  #zombieTimer: NodeJS.Timeout | undefined;
  #sends = 0;
  #sendsSince = Date.now();

  constructor(socket: WebSocket, host: GatewayHost, isCompressed: boolean) {
    this.#socket = socket;
    this.#host = host;
    const send = (frame: string | Buffer) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    };
    this.#frames = isCompressed ? zlibFrames(send) : plainFrames(send);
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('close', (code) => this.#end(ENDS_SESSION.has(code)));
    socket.on('error', () => undefined);
    this.#send({
      op: Op.Hello,
      d: { heartbeat_interval: host.heartbeatIntervalMs, _trace: ['stand-in'] },
      s: null,
      t: null,
    });
    this.#expectHeartbeat();
  }

  get session(): GatewaySession | undefined {
    return this.#session;
  }

  askReconnect(): void {
    this.#send({ op: Op.Reconnect, d: null, s: null, t: null });
  }

  invalidate(canResume: boolean): void {
    this.#send({ op: Op.InvalidSession, d: canResume, s: null, t: null });
    if (!canResume) this.#leave();
  }

  /** Ends the connection with a code; without one it is cut. */
  close(code?: number, reason?: string): void {
    if (code === undefined) this.#socket.terminate();
    else this.#frames.afterAll(() => this.#socket.close(code, reason));
  }

  #leave(): void {
    this.#session?.disconnect(this.#host.now());
    this.#session = undefined;
  }

  #send(payload: JsonObject): void {
    this.#sendText(JSON.stringify(payload));
  }

  #sendText(text: string): void {
    if (!this.#host.isMute) this.#frames.write(text);
  }

  #receive(text: string): void {
    const payload = Buffer.byteLength(text) > MAX_PAYLOAD ? undefined : parse(text);
    const reason = payload === undefined ? Close.decodeError : this.#handle(payload);
    if (reason !== undefined) this.close(...reason);
  }

  /** Does what a payload asks, or says with which code the connection ends. */
  #handle(payload: JsonObject): CloseReason | undefined {
    if (this.#isTooFast()) return Close.rateLimited;
    const op = payload['op'];
    if (op === Op.Heartbeat) return this.#beat();
    if (op === Op.Identify) return this.#identify(toObject(payload['d']));
    if (op === Op.Resume) return this.#resume(toObject(payload['d']));
    if (typeof op !== 'number' || !KNOWN_OPS.has(op)) return Close.unknownOpcode;
    if (this.#session === undefined) return Close.notAuthenticated;
    if (op === Op.RequestMembers) this.#host.sendMembers(this.#session, toObject(payload['d']));
    return undefined;
  }

  #beat(): undefined {
    this.#expectHeartbeat();
    this.#send({ op: Op.HeartbeatAck, d: null, s: null, t: null });
  }

  #identify(data: JsonObject): CloseReason | undefined {
    if (this.#session !== undefined) return Close.alreadyAuthenticated;
    if (!isObject(data['properties'])) return Close.decodeError;
    if (!this.#isToken(data['token'])) return Close.authenticationFailed;
    const intents = toNumber(data['intents']) ?? -1;
    if (!Number.isInteger(intents) || intents < 0 || intents > ALL_INTENTS) return Close.invalidIntents;
    if ((intents & PRIVILEGED & ~this.#host.allowedIntents) !== 0) return Close.disallowedIntents;
    const [shardId = 0, shardCount = 0] = Array.isArray(data['shard']) ? data['shard'].map(Number) : [0, 1];
    if (!isShard(shardId, shardCount)) return Close.invalidShard;
    const session = this.#host.identify({ intents, shardId, shardCount });
    if (session === 'used-up') return Close.authenticationFailed;
    if (session === 'too-many-servers') return Close.shardingRequired;
    if (session === 'too-soon') {
      this.invalidate(false);
      return undefined;
    }
    this.#session = session;
    session.connect((text) => this.#sendText(text));
    this.#host.sayReady(session);
    return undefined;
  }

  #resume(data: JsonObject): CloseReason | undefined {
    if (this.#session !== undefined) return Close.alreadyAuthenticated;
    if (!this.#isToken(data['token'])) return Close.authenticationFailed;
    const session = this.#host.findSession(toText(data['session_id']) ?? '');
    const seq = toNumber(data['seq']) ?? -1;
    if (session !== undefined && seq > session.seq) return Close.invalidSeq;
    if (session === undefined || !session.canReplay(seq)) {
      this.invalidate(false);
      return undefined;
    }
    this.#session = session;
    session.connect((text) => this.#sendText(text));
    session.replay(seq);
    session.dispatch('RESUMED', { _trace: ['stand-in'] });
    this.#host.resumed();
    return undefined;
  }

  /** Discord takes the token with and without its type in front. */
  #isToken(value: unknown): boolean {
    return toText(value)?.replace(/^Bot /, '') === this.#host.token;
  }

  #isTooFast(): boolean {
    if (Date.now() - this.#sendsSince > SENDS_WINDOW_MS) {
      this.#sends = 0;
      this.#sendsSince = Date.now();
    }
    this.#sends += 1;
    return this.#sends > MAX_SENDS;
  }

  /** A client that has stopped to beat is cut off; its session waits to be resumed. */
  #expectHeartbeat(): void {
    clearTimeout(this.#zombieTimer);
    this.#zombieTimer = setTimeout(() => this.close(), this.#host.heartbeatIntervalMs * 2);
    this.#zombieTimer.unref();
  }

  #end(isSessionOver: boolean): void {
    clearTimeout(this.#zombieTimer);
    this.#session?.disconnect(this.#host.now());
    this.#host.ended(this, isSessionOver);
    this.#frames.close();
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isShard(id: number, count: number): boolean {
  return Number.isInteger(id) && Number.isInteger(count) && id >= 0 && count >= 1 && id < count;
}
