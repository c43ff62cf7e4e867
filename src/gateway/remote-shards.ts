import type { ClientOptions, GatewayDispatchPayload } from 'discord.js';
import { toBackoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError, toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { Bell } from '../storage/postgres/bell.ts';
import type { Packet } from './packet.ts';
import type { HandedOn, PacketTable } from './packet-table.ts';
import { toCurrentReady } from './ready.ts';
import type { ShardTable } from './shard-table.ts';

type BuildStrategy = NonNullable<NonNullable<ClientOptions['ws']>['buildStrategy']>;
type Strategy = ReturnType<BuildStrategy>;
type Manager = Parameters<BuildStrategy>[0];

export interface RemoteShardsOptions {
  readonly shards: Pick<ShardTable, 'plan'>;
  readonly packets: Pick<PacketTable, 'take' | 'guildsOf' | 'listUp' | 'listen'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How many packets are read at once. */
const PAGE = 200;
/** How long nothing is heard until it is looked at. */
const LOOK_MS = 1_000;
const PAUSES = { firstMs: 100, maxMs: 2_000 };
const SAID_EVERY_MS = 30_000;
/** What discord.js is told of a connection whose end it did not see ("Abnormal Closure"). */
const CLOSED = 1_006;

/**
 * The shards of discord.js, where other processes hold their connections: what they write is handed on to the library
 * as if it came from a connection of its own, first all that still holds, then what is new. Nothing logs in at Discord.
 */
export class RemoteShards implements Strategy {
  readonly #manager: Manager;
  readonly #options: RemoteShardsOptions;
  readonly #bell: Bell;
  /** The last packet of each shard, of those that are kept. */
  readonly #seen = new Map<number, string>();
  /** Those whose log-in was handed on. */
  readonly #ready = new Set<number>();
  /** Those that are connected, as discord.js knows it. */
  readonly #up = new Set<number>();
  /** What nobody else can take any more, and is not handed on yet. */
  readonly #taken: HandedOn[] = [];
  /** Until then, what people ask is better answered by who received it. */
  #isCaughtUp = false;
  readonly #allReady = Promise.withResolvers<void>();
  /** By the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #stopped = new AbortController();
  #reading: Promise<void> = Promise.resolve();

  constructor(manager: Manager, options: RemoteShardsOptions) {
    this.#manager = manager;
    this.#options = options;
    this.#bell = new Bell((heard, ended) => options.packets.listen(heard, ended), options.clock);
    needNoLogins(manager);
  }

  /** Says how many there are to the processes that hold them. */
  async spawn(shardIds: number[]): Promise<void> {
    for (const id of shardIds) this.#seen.set(id, '0');
    await this.#options.shards.plan(shardIds.length);
  }

  /** Resolves when all of them have logged in, now or long ago; there may be no process yet that holds them. */
  async connect(): Promise<void> {
    this.#stopped = new AbortController();
    this.#reading = this.#readUntilStopped(this.#stopped.signal);
    void this.#sayWhatIsMissing(this.#stopped.signal);
    await this.#allReady.promise;
  }

  /** The connections stay: another process that works goes on with them. */
  async destroy(): Promise<void> {
    this.#stopped.abort();
    this.#bell.reset();
    await this.#reading;
  }

  /** @throws AppError always: this bot asks nothing of the gateway. */
  send(): never {
    throw new AppError('gateway-send', 'Nothing can be sent to the gateway from here.');
  }

  /** @throws AppError always: the library never asks. */
  fetchStatus(): never {
    throw new AppError('gateway-status', 'How the connections are is known to the processes that hold them.');
  }

  async #readUntilStopped(stopped: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    let failures = 0;
    while (!stopped.aborted) {
      try {
        const isMore = await this.#read();
        failures = 0;
        if (!isMore) await this.#bell.wait(LOOK_MS, stopped);
      } catch (thrown) {
        if (stopped.aborted) return;
        failures += 1;
        if (failures === 1) logger.warn({ reason: toErrorMessage(thrown) }, 'What the gateway sent cannot be read.');
        await clock.sleep(toBackoffMs(PAUSES, failures), stopped).catch(() => undefined);
      }
    }
  }

  /** Whether there may be more to read. */
  async #read(): Promise<boolean> {
    const { packets } = this.#options;
    if (this.#taken.length === 0) this.#taken.push(...(await packets.take(this.#seen, PAGE, this.#isCaughtUp)));
    const isMore = this.#taken.length >= PAGE;
    for (let next = this.#taken[0]; next !== undefined; next = this.#taken[0]) {
      const packet = await this.#toCurrent(next);
      this.#taken.shift();
      this.#handOn({ ...next, packet });
    }
    if (isMore) return true;
    const wasCaughtUp = this.#isCaughtUp;
    this.#isCaughtUp = this.#ready.size === this.#seen.size;
    await this.#lookAtConnections();
    return this.#isCaughtUp && !wasCaughtUp;
  }

  async #toCurrent({ shard, packet }: HandedOn): Promise<Packet> {
    return packet.t === 'READY' ? toCurrentReady(packet, await this.#options.packets.guildsOf(shard)) : packet;
  }

  /** One that the library cannot take is left out, for what comes after it matters as much. */
  #handOn({ id, shard: shardId, packet, isKept }: HandedOn): void {
    if (isKept) this.#seen.set(shardId, id);
    // As Discord sent it, which discord.js trusts as well.
    const data = packet as GatewayDispatchPayload;
    try {
      this.#announce(data, shardId);
      this.#manager.emit('dispatch', { data, shardId });
    } catch (thrown) {
      const { logger } = this.#options;
      logger.error({ shard: shardId, event: packet.t, reason: toErrorMessage(thrown) }, 'An event was not understood.');
    }
    if (packet.t === 'READY') this.#noteReady(shardId);
  }

  /** What a connection says of itself before it hands on the event that shows it. */
  #announce(data: GatewayDispatchPayload, shardId: number): void {
    if (data.t === 'READY') {
      const { resume_gateway_url: resumeURL, session_id: sessionId } = data.d;
      const { shardCount } = this.#manager.options;
      const session = { resumeURL, sessionId, shardId, sequence: data.s, shardCount: shardCount ?? this.#seen.size };
      void this.#manager.options.updateSessionInfo(shardId, session);
      this.#manager.emit('ready', { data: data.d, shardId });
    } else if (data.t === 'RESUMED') {
      this.#up.add(shardId);
      this.#manager.emit('hello', { shardId });
      this.#manager.emit('resumed', { shardId });
    }
  }

  #noteReady(shardId: number): void {
    this.#ready.add(shardId);
    this.#up.add(shardId);
    if (this.#ready.size === this.#seen.size) this.#allReady.resolve();
  }

  /** Tells the library which connections were lost, and which are back; once a second is enough. */
  async #lookAtConnections(): Promise<void> {
    const { clock, packets } = this.#options;
    const now = clock.monotonicMs();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const up = await packets.listUp();
    for (const shardId of this.#ready) {
      if (up.has(shardId) === this.#up.has(shardId)) continue;
      if (up.has(shardId)) {
        this.#up.add(shardId);
        this.#manager.emit('resumed', { shardId });
      } else {
        this.#up.delete(shardId);
        this.#manager.emit('closed', { code: CLOSED, shardId });
      }
    }
  }

  async #sayWhatIsMissing(stopped: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    while (!stopped.aborted && this.#ready.size < this.#seen.size) {
      await clock.sleep(SAID_EVERY_MS, stopped).catch(() => undefined);
      const [there, of] = [this.#ready.size, this.#seen.size];
      if (!stopped.aborted && there < of)
        logger.warn({ there, of }, 'Not all shards are connected yet. Is a process with BOT_ROLE=shard running?');
    }
  }
}

/** The library does not begin where fewer log-ins are left than shards; here nothing logs in. */
function needNoLogins(manager: Manager): void {
  const fetch = manager.fetchGatewayInformation.bind(manager);
  manager.fetchGatewayInformation = async (isFresh) => {
    const { session_start_limit: limit, ...facts } = await fetch(isFresh);
    return { ...facts, session_start_limit: { ...limit, remaining: limit.total } };
  };
}
