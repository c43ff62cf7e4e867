import {
  Client,
  type ClientOptions,
  DefaultRestOptions,
  Events,
  GatewayIntentBits,
  Options,
  REST,
  type RESTOptions,
} from 'discord.js';
import type { CommandDifferences } from '../../doctor/discord-checks.ts';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { isDoneWithin } from '../../shared/done-within.ts';
import { AppError, toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type CommandPlaceMemory, CommandRegistration, type CommandsOf } from './command-registration.ts';
import { isFatalClose } from './fatal-closes.ts';
import { GuildPresence } from './guild-presence.ts';
import { LoginTurns } from './login-turns.ts';
import { Reconnection } from './reconnection.ts';
import { RefusalGuard } from './refusal-guard.ts';
import { RequestWindow } from './request-window.ts';
import { LIBRARY_TIMEOUT_MS, withTimeLimit } from './time-limit.ts';

export interface BotOptions {
  readonly token: string;
  /** Root of Discord's REST API, without a version. */
  readonly apiUrl: string;
  /** Where the commands are registered: in these servers, or, for all, once for the application. */
  readonly guildIds: readonly string[] | 'all';
  /** What is remembered over restarts of where they are; default nothing. */
  readonly commandPlaces?: CommandPlaceMemory;
  /** How many connections share the servers; default `auto`: as many as Discord recommends. */
  readonly shards?: number | 'auto';
  /** Default: this process has the connections itself. */
  readonly elsewhere?: GatewayElsewhere | undefined;
  readonly logger: Logger;
  /** For the pauses between attempts; default the system's. */
  readonly clock?: Clock;
  /** Milliseconds until the first shard is there, and from each one to the next; default 30,000. */
  readonly loginLimitMs?: number;
  /** Called when Discord no longer knows the bot: nothing works any more. */
  readonly onFatal: (reason: string) => void;
}

/** Connections to the gateway that other processes hold. */
export interface GatewayElsewhere {
  /** What hands on to discord.js what comes over them. */
  readonly buildStrategy: NonNullable<NonNullable<ClientOptions['ws']>['buildStrategy']>;
  /** How many there are; undefined where no process is there that holds them. */
  countShards(): Promise<number | undefined>;
}

/** For each shard, as many of them log in one by one. */
const LOGIN_LIMIT_MS = 30_000;
const LEAVE_LIMIT_MS = 2_000;
const UNLIMITED = 1_000_000;
/** Milliseconds of a rate limit for which an answer to an interaction still waits. */
const INTERACTION_LIMIT_MS = 10_000;

/** The connection to Discord: logs in, registers the commands of the served servers, hands on interactions. */
export class Bot {
  readonly client: Client;
  readonly presence: GuildPresence;
  /**
   * For interactions alone: Discord exempts them from the bot's request limit, discord.js does not. Repeats nothing by
   * itself.
   */
  readonly interactionRest: REST;
  readonly #options: BotOptions;
  readonly #reconnection: Reconnection;
  readonly #commands: CommandRegistration;
  readonly #stopping = new AbortController();
  #isLoggedIn = false;

  constructor(options: BotOptions) {
    this.#options = options;
    const { apiUrl: api, shards = 'auto', elsewhere, logger, clock = systemClock } = options;
    const guard = new RefusalGuard({ clock, logger });
    this.#reconnection = new Reconnection(clock, logger, new LoginTurns(clock, logger));
    const rest = toRestOptions(api, guard, {
      onUnauthorized: (what) => this.#noteUnauthorized(what),
      guildOf: (url) => this.#guildOf(url),
    });
    const ws = elsewhere === undefined ? this.#reconnection.options : { buildStrategy: elsewhere.buildStrategy };
    this.client = new Client({ ...toClientOptions(rest, shards), ws });
    this.interactionRest = new REST(toInteractionRestOptions(api, guard));
    this.client.on(Events.Error, (error) => options.logger.error({ error: error.message }, 'Discord client error.'));
    this.client.on(Events.ShardDisconnect, ({ code }, shard) => this.#noteDisconnect(code, shard));
    this.client.on(Events.ShardReconnecting, (shard) => {
      if (!this.#isStopping && this.#reconnection.isFirstLoss(shard))
        options.logger.info({ shard }, 'Reconnecting to the gateway.');
    });
    this.client.on(Events.ShardResume, (shard) =>
      options.logger.info({ shard }, 'The gateway connection was resumed.'),
    );
    this.presence = new GuildPresence(this.client);
    const { guildIds, commandPlaces: places } = options;
    const stopping = this.#stopping.signal;
    this.#commands = new CommandRegistration({
      client: this.client,
      guildIds,
      clock,
      logger,
      stopping,
      ...compact({ places }),
    });
  }

  /**
   * Resolves when logged in and the commands are registered.
   * @throws AppError `discord-login` with a sentence for whoever runs the bot.
   */
  async start(commandsOf: CommandsOf): Promise<void> {
    await this.#logIn();
    this.#isLoggedIn = true;
    await this.#commands.start(commandsOf);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#leave();
  }

  /** The id that Discord gave a command in a server; undefined until it has taken it. */
  commandId(guildId: string, name: string): string | undefined {
    return this.#commands.commandId(guildId, name);
  }

  /** The server that a request is for, from memory; none where that is not known. */
  #guildOf(url: string): string | undefined {
    const [, kind, id = ''] = /\/(channels|guilds)\/(\d+)/.exec(url) ?? [];
    if (kind !== 'channels') return kind && id;
    const channel = this.client.channels.cache.get(id);
    return channel === undefined || channel.isDMBased() ? undefined : channel.guildId;
  }

  /** Asks Discord what it offers in a server, and changes nothing. Rejects where it does not say. */
  compareCommands(guildId: string): Promise<CommandDifferences> {
    return this.#commands.compare(guildId);
  }

  /** Registers the commands of a server anew, after what it is offered may have changed. */
  refreshCommands(guildId: string): void {
    void this.#commands.refresh(guildId);
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** discord.js never says that it has left where it was waiting for the gateway's first word. */
  async #leave(): Promise<void> {
    this.#reconnection.stop();
    await isDoneWithin(this.client.destroy(), LEAVE_LIMIT_MS);
  }

  /**
   * After the clock was set back: what discord.js knows of Discord's limits would hold too long, as it counts by the
   * wall clock.
   */
  forgetLimits(): void {
    for (const rest of [this.client.rest, this.interactionRest]) {
      rest.handlers.clear();
      rest.globalReset = -1;
    }
  }

  async #logIn(): Promise<void> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const { loginLimitMs = LOGIN_LIMIT_MS, token, elsewhere } = this.#options;
    const giveUp = () => reject(new Error(`no answer in ${loginLimitMs / 1_000} seconds`));
    // Processes that have the connections may be started later than this one.
    const timer = elsewhere === undefined ? setTimeout(giveUp, loginLimitMs) : undefined;
    const wait = () => void timer?.refresh();
    this.client.on(Events.ShardReady, wait);
    const ready = new Promise<void>((resolve) => this.client.once(Events.ClientReady, () => resolve()));
    try {
      await this.#keepShards();
      await Promise.race([Promise.all([this.client.login(token), ready]), tooLate]);
    } catch (thrown) {
      await this.#leave();
      throw new AppError(
        'discord-login',
        `Logging in to Discord failed: ${toErrorMessage(thrown)}. Check DISCORD_TOKEN and DISCORD_API_URL.`,
      );
    } finally {
      this.client.off(Events.ShardReady, wait);
      clearTimeout(timer);
    }
  }

  /** What Discord recommends may have changed since; with another number all connections would begin anew. */
  async #keepShards(): Promise<void> {
    const { shards = 'auto', elsewhere } = this.#options;
    const count = shards === 'auto' ? await elsewhere?.countShards() : undefined;
    if (count === undefined) return;
    this.client.options.shardCount = count;
    this.client.options.shards = Array.from({ length: count }, (_, id) => id);
  }

  /**
   * After a 401 discord.js forgets the token: nothing that the bot asks for works any more. A refused login is said by
   * `start`.
   */
  #noteUnauthorized(what: string): void {
    if (this.#isLoggedIn && !this.#isStopping) this.#options.onFatal(`401 for ${what}`);
  }

  #noteDisconnect(code: number, shard: number): void {
    if (this.#isStopping) return;
    this.#options.logger.warn({ shard, code }, 'The gateway connection ended.');
    if (isFatalClose(code)) this.#options.onFatal(`the gateway closed with ${code}`);
  }
}

type MakeRequest = RESTOptions['makeRequest'];

interface RestNeeds {
  readonly onUnauthorized: (what: string) => void;
  /** The server that a request is for. */
  readonly guildOf: (url: string) => string | undefined;
}

const request = withTimeLimit(DefaultRestOptions.makeRequest);

/**
 * Discord's 50 a second are kept by the window alone: discord.js's own count adds 50 ms to each second and is still
 * refused.
 */
function toRestOptions(api: string, guard: RefusalGuard, { onUnauthorized, guildOf }: RestNeeds): Partial<RESTOptions> {
  const window = new RequestWindow();
  const makeRequest: MakeRequest = async (url, init) => {
    const answer = await guarded(guard, url, init, () => window.run(() => request(url, init), guildOf(url)));
    if (answer.status === 401 && isByToken(init)) onUnauthorized(`${init.method} ${new URL(url).pathname}`);
    return answer;
  };
  return { api, offset: 0, makeRequest, timeout: LIBRARY_TIMEOUT_MS };
}

/** A limit that outlasts the people who wait is an error at once, so that nothing waits on for it. */
function toInteractionRestOptions(api: string, guard: RefusalGuard): Partial<RESTOptions> {
  return {
    version: '10',
    api,
    timeout: LIBRARY_TIMEOUT_MS,
    globalRequestsPerSecond: UNLIMITED,
    retries: 0,
    rejectOnRateLimit: ({ retryAfter, sublimitTimeout, timeToReset }) =>
      Math.max(retryAfter, sublimitTimeout, timeToReset) > INTERACTION_LIMIT_MS,
    makeRequest: (url, init) => guarded(guard, url, init, () => request(url, init)),
  };
}

function guarded(
  guard: RefusalGuard,
  url: string,
  init: Parameters<MakeRequest>[1],
  send: () => ReturnType<MakeRequest>,
) {
  const { method = 'GET', signal } = init;
  return guard.run({ method, url, ...(signal instanceof AbortSignal && { signal }) }, send);
}

/** Whether a request carries the bot's token; what answers interactions carries its own. */
function isByToken({ headers }: Parameters<RESTOptions['makeRequest']>[1]): boolean {
  return new Headers(headers as Record<string, string>).has('authorization');
}

function toClientOptions(rest: Partial<RESTOptions>, shards: number | 'auto'): ClientOptions {
  return {
    ...(shards === 'auto' ? { shards } : { shardCount: shards }),
    intents: [GatewayIntentBits.Guilds],
    rest,
    allowedMentions: { parse: [] },
    makeCache: Options.cacheWithLimits({
      MessageManager: 0,
      GuildMemberManager: { maxSize: 0, keepOverLimit: (member) => member.id === member.client.user.id },
      UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user.id },
      PresenceManager: 0,
      ReactionManager: 0,
      VoiceStateManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
      GuildScheduledEventManager: 0,
      StageInstanceManager: 0,
    }),
  };
}
