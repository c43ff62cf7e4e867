import { type ClientOptions, SimpleShardingStrategy } from 'discord.js';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { LoginTurns } from './login-turns.ts';
import { endOpeningSockets } from './opening-sockets.ts';
import { ShardConnection } from './shard-connection.ts';

type GatewayOptions = NonNullable<ClientOptions['ws']>;
type Manager = Parameters<NonNullable<GatewayOptions['buildStrategy']>>[0];

/** Milliseconds for a connection to open: three of them and the main address's are over within two minutes. */
const HANDSHAKE_MS = 15_000;

/**
 * How discord.js comes back to the gateway, each shard for itself. By itself it tries the address of its session every
 * half second for ever, also where that address is gone: here the pauses grow, and after some attempts the session is
 * given up for a new one at the main address. The library asks for its session whenever it connects, which is where it
 * is held back.
 */
export class Reconnection {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  readonly #logins: LoginTurns;
  readonly #shards = new Map<number, ShardConnection>();

  constructor(clock: Clock, logger: Logger, logins: LoginTurns) {
    this.#clock = clock;
    this.#logger = logger;
    this.#logins = logins;
  }

  /** discord.js's options for its gateway. */
  get options(): Required<Pick<GatewayOptions, 'buildStrategy' | 'buildIdentifyThrottler'>> {
    return {
      buildStrategy: (manager) => this.#attach(manager),
      buildIdentifyThrottler: (manager) => ({
        waitForIdentify: (shardId, signal) => {
          const readLimit = async (isFresh: boolean) =>
            (await manager.fetchGatewayInformation(isFresh)).session_start_limit;
          return this.#logins.wait(shardId, readLimit, signal);
        },
      }),
    };
  }

  /** Whether a shard's connection was there until now, so that its loss is worth a line in the log. */
  isFirstLoss(shardId: number): boolean {
    return this.#shard(shardId).isFirstLoss;
  }

  /** Nothing connects any more. */
  stop(): void {
    this.#stopped.abort();
  }

  #attach(manager: Manager): SimpleShardingStrategy {
    const { options } = manager;
    const retrieve = options.retrieveSessionInfo.bind(options);
    options.handshakeTimeout = HANDSHAKE_MS;
    options.retrieveSessionInfo = async (shardId) => {
      // For ever, as the library would connect in spite of it.
      if (this.#stopped.signal.aborted) await new Promise<never>(() => undefined);
      const shard = this.#shard(shardId);
      if (!shard.isDown) return retrieve(shardId);
      await shard.begin(this.#stopped.signal);
      const session = await retrieve(shardId);
      if (session === null || shard.canResume(session.resumeURL)) return session;
      await options.updateSessionInfo(shardId, null);
      return null;
    };
    manager.on('error', ({ error, shardId }) => this.#shard(shardId).noteError(toErrorMessage(error)));
    manager.on('closed', ({ code, shardId }) => this.#shard(shardId).noteClosed(code));
    manager.on('ready', ({ shardId }) => {
      this.#logins.noteReady(shardId);
      this.#shard(shardId).noteUp(true);
    });
    manager.on('resumed', ({ shardId }) => this.#shard(shardId).noteUp(false));
    const strategy = new SimpleShardingStrategy(manager);
    endOpeningSockets(strategy);
    return strategy;
  }

  #shard(shardId: number): ShardConnection {
    const known = this.#shards.get(shardId);
    if (known !== undefined) return known;
    const shard = new ShardConnection(shardId, this.#clock, this.#logger);
    this.#shards.set(shardId, shard);
    return shard;
  }
}
