import { type IShardingStrategy, WebSocketManager } from '@discordjs/ws';
import { GatewayIntentBits, type REST } from 'discord.js';
import { isFatalClose } from '../discord/core/fatal-closes.ts';
import type { Reconnection } from '../discord/core/reconnection.ts';
import { toBackoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import { isDoneWithin } from '../shared/done-within.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Packet } from './packet.ts';
import type { PacketTable } from './packet-table.ts';
import { PacketWriter } from './packet-writer.ts';
import type { Session, TakenShard } from './shard-table.ts';

export interface ShardNeeds {
  /** Names the process among those that hold shards. */
  readonly owner: string;
  readonly token: string;
  readonly rest: REST;
  readonly reconnection: Reconnection;
  readonly packets: Pick<PacketTable, 'write'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onInteractions: (packets: readonly Packet[]) => void;
  /** Called when Discord no longer knows the bot: nothing works any more. */
  readonly onFatal: (reason: string) => void;
}

/** Leaves the session as it is, so that it can be resumed: any code but 1000 and 1001 does. */
const RESUMABLE = 4_200;
const LEAVE_LIMIT_MS = 2_000;
const PAUSES = { firstMs: 1_000, maxMs: 60_000 };

/** The connection of one shard to Discord's gateway; all that comes is written for the process that works. */
export class HeldShard {
  readonly id: number;
  readonly #needs: ShardNeeds;
  readonly #count: number;
  readonly #manager: WebSocketManager;
  readonly #writer: PacketWriter;
  readonly #stopped = new AbortController();
  #session: Session | null;
  #strategy: IShardingStrategy | undefined;
  #isConnecting = false;
  #isUp = false;

  /**
   * @param count How many shards there are.
   * @param onLost Called once, when another process holds the shard.
   */
  constructor(taken: TakenShard, count: number, needs: ShardNeeds, onLost: () => void) {
    const { token, rest, reconnection } = needs;
    this.id = taken.id;
    this.#count = count;
    this.#needs = needs;
    this.#session = taken.session?.shardCount === count ? taken.session : null;
    this.#writer = new PacketWriter({ ...needs, shard: { ...taken, session: this.#session }, onLost });
    this.#manager = new WebSocketManager({
      token,
      rest,
      intents: GatewayIntentBits.Guilds,
      shardIds: [this.id],
      shardCount: count,
      ...reconnection.options,
      buildStrategy: (manager) => this.#attach(reconnection.options.buildStrategy(manager)),
      // For ever once stopped: the library would connect in spite of it, and take the session from the next process.
      retrieveSessionInfo: () => (this.#stopped.signal.aborted ? new Promise(() => undefined) : this.#session),
      updateSessionInfo: (_, session) => this.#keep(session),
    });
    this.#hear();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Has it connect, however long that takes; once the library tries to, it tries again by itself. */
  async start(): Promise<void> {
    const { clock, logger } = this.#needs;
    const { signal } = this.#stopped;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await this.#connect();
      } catch (thrown) {
        // A second attempt from here would be a second connection, and each event would come twice.
        if (signal.aborted || this.#isConnecting) return;
        this.#noteFailure(thrown);
        logger.warn({ shard: this.id, reason: toErrorMessage(thrown) }, 'A shard cannot connect; trying again.');
      }
      await clock.sleep(toBackoffMs(PAUSES, failures), signal).catch(() => undefined);
    }
  }

  /** Closes the connection, so that the next process can resume the session after the last packet written. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await isDoneWithin(Promise.resolve(this.#manager.destroy({ code: RESUMABLE })), LEAVE_LIMIT_MS);
    await isDoneWithin(this.#writer.whenWritten(), LEAVE_LIMIT_MS);
    this.#writer.close();
  }

  /** A session that is resumed is no log-in: the library counts it as one, and refuses where the day has none left. */
  async #connect(): Promise<void> {
    if (this.#session === null) return this.#manager.connect();
    await this.#manager.updateShardCount(this.#count);
    await this.#strategy?.connect();
  }

  #attach(strategy: IShardingStrategy): IShardingStrategy {
    this.#strategy = strategy;
    const connect = strategy.connect.bind(strategy);
    strategy.connect = () => {
      this.#isConnecting = true;
      return connect();
    };
    return strategy;
  }

  #hear(): void {
    const { logger, onFatal } = this.#needs;
    this.#manager.on('dispatch', ({ data }) => {
      this.#isUp ||= data.t === 'READY' || data.t === 'RESUMED';
      this.#writer.add(data, this.#session);
    });
    this.#manager.on('closed', ({ code }) => {
      this.#isUp = false;
      if (this.#stopped.signal.aborted) return;
      logger.info({ shard: this.id, code }, 'Reconnecting to the gateway.');
      this.#writer.noteDown(this.#session);
      if (isFatalClose(code)) onFatal(`the gateway closed with ${code}`);
    });
    this.#manager.on('resumed', () => logger.info({ shard: this.id }, 'The gateway connection was resumed.'));
  }

  /** While it stops, the library forgets the session that the next process resumes. */
  #keep(session: Session | null): void {
    if (this.#stopped.signal.aborted) return;
    this.#session = session;
    if (session === null) this.#writer.noteDown(null);
  }

  #noteFailure(thrown: unknown): void {
    const isRefused = thrown instanceof Error && 'status' in thrown && thrown.status === 401;
    if (isRefused) this.#needs.onFatal('401 for GET /gateway/bot');
  }
}
