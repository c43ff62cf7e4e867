import {
  Client,
  type ClientOptions,
  DefaultRestOptions,
  Events,
  GatewayIntentBits,
  Options,
  REST,
  type RESTOptions,
  type RESTPostAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { AppError, toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { toDiscordCode } from './discord-errors.ts';
import { Reconnection } from './reconnection.ts';
import { RefusalGuard } from './refusal-guard.ts';
import { RequestWindow } from './request-window.ts';
import { LIBRARY_TIMEOUT_MS, withTimeLimit } from './time-limit.ts';

/** What a server is offered. */
export interface OfferedCommand {
  readonly data: RESTPostAPIApplicationCommandsJSONBody;
}

export interface BotOptions {
  readonly token: string;
  /** Root of Discord's REST API, without a version. */
  readonly apiUrl: string;
  readonly guildIds: readonly string[];
  readonly logger: Logger;
  /** For the pauses between attempts; default the system's. */
  readonly clock?: Clock;
  /** Told when Discord no longer knows the bot: nothing works any more. */
  readonly onFatal: (reason: string) => void;
}

const START_LIMIT_MS = 30_000;
const UNLIMITED = 1_000_000;
/** Milliseconds of a rate limit for which an answer to an interaction still waits. */
const INTERACTION_LIMIT_MS = 10_000;
const REGISTER_ATTEMPTS = 10;
const REGISTER_RETRY_MS = 5_000;
/** Wrong token, wrong shards, a version or intents that are not granted: connecting again changes nothing. */
const FATAL_CLOSE_CODES = new Set([4004, 4010, 4011, 4012, 4013, 4014]);

/** The connection to Discord: logs in, registers the commands of the served servers, hands on interactions. */
export class Bot {
  readonly client: Client;
  /** For interactions alone: Discord exempts them from the bot's request limit, discord.js does not. Repeats nothing by itself. */
  readonly interactionRest: REST;
  readonly #options: BotOptions;
  readonly #reconnection: Reconnection;
  /** Servers whose commands Discord has. */
  readonly #registered = new Set<string>();
  readonly #clock: Clock;
  #commands: readonly OfferedCommand[] = [];
  readonly #stopping = new AbortController();
  #isLoggedIn = false;

  constructor(options: BotOptions) {
    this.#options = options;
    const { apiUrl: api, logger, clock = systemClock } = options;
    const guard = new RefusalGuard({ clock, logger });
    this.#clock = clock;
    this.#reconnection = new Reconnection(clock, logger);
    const rest = toRestOptions(api, guard, (what) => this.#noteUnauthorized(what));
    this.client = new Client({ ...toClientOptions(rest), ws: this.#reconnection.options });
    this.interactionRest = new REST(toInteractionRestOptions(api, guard));
    this.client.on(Events.Error, (error) => options.logger.error({ error: error.message }, 'Discord client error.'));
    this.client.on(Events.ShardDisconnect, ({ code }) => this.#noteDisconnect(code));
    this.client.on(Events.ShardReconnecting, () => {
      if (!this.#isStopping && this.#reconnection.isNews) options.logger.info({}, 'Reconnecting to the gateway.');
    });
    this.client.on(Events.GuildCreate, (guild) => void this.#registerCommandsOf(guild.id));
    this.client.on(Events.GuildAvailable, ({ id }) => {
      if (!this.#registered.has(id)) void this.#registerCommandsOf(id);
    });
    this.client.on(Events.ShardResume, () => options.logger.info({}, 'The gateway connection was resumed.'));
  }

  /** Resolves when logged in and the commands are registered. @throws AppError `discord-login` with a sentence for whoever runs the bot. */
  async start(commands: readonly OfferedCommand[]): Promise<void> {
    this.#commands = commands;
    await this.#logIn();
    this.#isLoggedIn = true;
    await this.#registerCommands();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#leave();
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #leave(): Promise<void> {
    this.#reconnection.stop();
    await this.client.destroy();
  }

  /** After the clock was set back: what discord.js knows of Discord's limits would hold too long, as it counts by the wall clock. */
  forgetLimits(): void {
    for (const rest of [this.client.rest, this.interactionRest]) {
      rest.handlers.clear();
      rest.globalReset = -1;
    }
  }

  async #logIn(): Promise<void> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('no answer in 30 seconds')), START_LIMIT_MS);
    const ready = new Promise<void>((resolve) => this.client.once(Events.ClientReady, () => resolve()));
    try {
      await Promise.race([Promise.all([this.client.login(this.#options.token), ready]), tooLate]);
    } catch (thrown) {
      await this.#leave();
      throw new AppError(
        'discord-login',
        `Logging in to Discord failed: ${toErrorMessage(thrown)}. Check DISCORD_TOKEN and DISCORD_API_URL.`,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** All served servers that the bot is in; one that fails is tried again in the background. */
  async #registerCommands(): Promise<void> {
    await Promise.all(this.#options.guildIds.map((guildId) => this.#registerCommandsOf(guildId)));
  }

  async #registerCommandsOf(guildId: string, attempt = 1): Promise<void> {
    const { guildIds, logger } = this.#options;
    const applicationId = this.client.application?.id;
    if (applicationId === undefined || this.#isStopping || !guildIds.includes(guildId)) return;
    try {
      const body = this.#commands.map((command) => command.data);
      await this.client.rest.put(Routes.applicationGuildCommands(applicationId, guildId), { body });
      this.#registered.add(guildId);
    } catch (thrown) {
      logger.error(
        { guildId, attempt, error: toErrorMessage(thrown) },
        'The commands of a server could not be registered.',
      );
      if (attempt >= REGISTER_ATTEMPTS || isRefusedByDiscord(thrown)) return;
      void this.#clock.sleep(REGISTER_RETRY_MS * attempt, this.#stopping.signal).then(
        () => this.#registerCommandsOf(guildId, attempt + 1),
        () => undefined,
      );
    }
  }

  /** After a 401 discord.js forgets the token: nothing that the bot asks for works any more. A refused login is said by `start`. */
  #noteUnauthorized(what: string): void {
    if (this.#isLoggedIn && !this.#isStopping) this.#options.onFatal(`401 for ${what}`);
  }

  #noteDisconnect(code: number): void {
    if (this.#isStopping) return;
    this.#options.logger.warn({ code }, 'The gateway connection ended.');
    if (FATAL_CLOSE_CODES.has(code)) this.#options.onFatal(`the gateway closed with ${code}`);
  }
}

/** Whether it is Discord's own refusal, which stays one: that of a proxy before it names no code. */
function isRefusedByDiscord(thrown: unknown): boolean {
  return (toDiscordCode(thrown) || 0) > 0;
}

type MakeRequest = RESTOptions['makeRequest'];

const request = withTimeLimit(DefaultRestOptions.makeRequest);

/** Discord's 50 a second are kept by the window alone: discord.js's own count adds 50 ms to each second and is still refused. */
function toRestOptions(api: string, guard: RefusalGuard, onUnauthorized: (what: string) => void): Partial<RESTOptions> {
  const window = new RequestWindow();
  const makeRequest: MakeRequest = async (url, init) => {
    const answer = await guarded(guard, url, init, () => window.run(() => request(url, init)));
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

function toClientOptions(rest: Partial<RESTOptions>): ClientOptions {
  return {
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
