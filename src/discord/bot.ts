import { Client, type ClientOptions, Events, GatewayIntentBits, Options, REST, Routes } from 'discord.js';
import { AppError, toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Command } from './handlers.ts';

export interface BotOptions {
  readonly token: string;
  /** Root of Discord's REST API, without a version. */
  readonly apiUrl: string;
  readonly guildIds: readonly string[];
  readonly commands: readonly Command[];
  readonly logger: Logger;
}

const START_LIMIT_MS = 30_000;
const UNLIMITED = 1_000_000;

/** The connection to Discord: logs in, registers the commands of the served servers, hands on interactions. */
export class Bot {
  readonly client: Client;
  /** For interactions alone: Discord exempts them from the bot's request limit, discord.js does not. */
  readonly interactionRest: REST;
  readonly #options: BotOptions;

  constructor(options: BotOptions) {
    this.#options = options;
    this.client = new Client(toClientOptions(options.apiUrl));
    this.interactionRest = new REST({ version: '10', api: options.apiUrl, globalRequestsPerSecond: UNLIMITED });
    this.client.on(Events.Error, (error) => options.logger.error({ error: error.message }, 'Discord client error.'));
    this.client.on(Events.ShardDisconnect, ({ code }) =>
      options.logger.warn({ code }, 'The gateway connection ended.'),
    );
    this.client.on(Events.ShardReconnecting, () => options.logger.info({}, 'Reconnecting to the gateway.'));
    this.client.on(Events.ShardResume, () => options.logger.info({}, 'The gateway connection was resumed.'));
  }

  /** Resolves when logged in and the commands are registered. @throws AppError `discord-login` with a sentence for whoever runs the bot. */
  async start(): Promise<void> {
    await this.#logIn();
    await this.#registerCommands();
  }

  async stop(): Promise<void> {
    await this.client.destroy();
  }

  async #logIn(): Promise<void> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('no answer in 30 seconds')), START_LIMIT_MS);
    const ready = new Promise<void>((resolve) => this.client.once(Events.ClientReady, () => resolve()));
    try {
      await Promise.race([Promise.all([this.client.login(this.#options.token), ready]), tooLate]);
    } catch (thrown) {
      await this.client.destroy();
      throw new AppError(
        'discord-login',
        `Logging in to Discord failed: ${toErrorMessage(thrown)}. Check DISCORD_TOKEN and DISCORD_API_URL.`,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async #registerCommands(): Promise<void> {
    const { guildIds, commands, logger } = this.#options;
    const applicationId = this.client.application?.id;
    if (applicationId === undefined) throw new AppError('discord-login', 'Discord did not tell the application id.');
    const body = commands.map((command) => command.data);
    for (const guildId of guildIds) {
      try {
        await this.client.rest.put(Routes.applicationGuildCommands(applicationId, guildId), { body });
      } catch (thrown) {
        logger.error({ guildId, error: toErrorMessage(thrown) }, 'The commands of a server could not be registered.');
      }
    }
  }
}

function toClientOptions(apiUrl: string): ClientOptions {
  return {
    intents: [GatewayIntentBits.Guilds],
    rest: { api: apiUrl },
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
