import { type Client, Events, type RESTPostAPIApplicationCommandsJSONBody, Routes } from 'discord.js';
import { z } from 'zod';
import type { CommandDifferences } from '../../doctor/discord-checks.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { compareCommands } from './command-differences.ts';
import { toDiscordCode } from './discord-errors.ts';

/** What people are offered. */
export interface OfferedCommand {
  readonly data: RESTPostAPIApplicationCommandsJSONBody;
}

/** What is offered in a server; without one: what is offered in all. */
export type CommandsOf = (guildId?: string) => readonly OfferedCommand[];

/** Where the commands of the application are. */
export type CommandPlace = 'everywhere' | 'servers';

/** What is remembered over restarts of where the commands are. */
export interface CommandPlaceMemory {
  read(): Promise<CommandPlace | undefined>;
  write(place: CommandPlace): Promise<void>;
}

export interface CommandRegistrationOptions {
  readonly client: Client;
  /** Registered in these servers, or, for all, once for the application. */
  readonly guildIds: readonly string[] | 'all';
  /** Default: nothing is remembered. */
  readonly places?: CommandPlaceMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when the bot stops. */
  readonly stopping: AbortSignal;
}

const ATTEMPTS = 10;
const RETRY_MS = 5_000;
const FORGETFUL: CommandPlaceMemory = { read: async () => undefined, write: async () => undefined };

/**
 * Registers the commands: in each server of a list, or once for the application where every server is served. What was
 * registered in the other way is taken away, as people would be offered each command twice.
 */
export class CommandRegistration {
  readonly #options: CommandRegistrationOptions;
  readonly #places: CommandPlaceMemory;
  /** By server, or `undefined` for all: the commands' ids by name. */
  readonly #registered = new Map<string | undefined, ReadonlyMap<string, string>>();
  /** None before the start: until then nothing is known of what is offered. */
  #commandsOf: CommandsOf | undefined;

  constructor(options: CommandRegistrationOptions) {
    this.#options = options;
    this.#places = options.places ?? FORGETFUL;
    const { client } = options;
    client.on(Events.GuildCreate, ({ id }) => void this.#registerIn(id));
    client.on(Events.GuildAvailable, ({ id }) => {
      if (!this.#registered.has(id)) void this.#registerIn(id);
    });
    client.on(Events.GuildDelete, ({ id }) => this.#registered.delete(id));
  }

  /** Resolves when the commands are registered; what fails is tried again in the background. */
  async start(commandsOf: CommandsOf): Promise<void> {
    this.#commandsOf = commandsOf;
    const { guildIds } = this.#options;
    if (guildIds === 'all') await this.#register(undefined);
    else await Promise.all(guildIds.map((guildId) => this.#registerIn(guildId)));
    void this.#clearOthers();
  }

  /** The id that Discord gave a command in a server; undefined until it has taken it. */
  commandId(guildId: string, name: string): string | undefined {
    return (this.#registered.get(guildId) ?? this.#registered.get(undefined))?.get(name);
  }

  /** Asks Discord what it offers in a server, and changes nothing. Rejects where it does not say. */
  async compare(guildId: string): Promise<CommandDifferences> {
    const { client, guildIds } = this.#options;
    const place = guildIds === 'all' ? undefined : guildId;
    const offered = await client.rest.get(toRoute(client.application?.id ?? '', place));
    return compareCommands(
      offered,
      (this.#commandsOf?.(place) ?? []).map(({ data }) => data),
    );
  }

  /** Registers the commands of a server anew, where they are registered by server; never rejects. */
  async refresh(guildId: string): Promise<void> {
    if (this.#registered.has(guildId)) await this.#registerIn(guildId);
  }

  async #registerIn(guildId: string): Promise<void> {
    const { guildIds } = this.#options;
    if (guildIds !== 'all' && guildIds.includes(guildId)) await this.#register(guildId);
  }

  async #register(guildId: string | undefined, attempt = 1): Promise<void> {
    const { clock, logger, stopping } = this.#options;
    const commands = this.#commandsOf?.(guildId);
    if (commands === undefined || stopping.aborted) return;
    try {
      const registered = await this.#put(guildId, commands);
      this.#registered.set(guildId, toCommandIds(registered));
    } catch (thrown) {
      const what = guildId === undefined ? 'The commands could' : 'The commands of a server could';
      logger.error({ guildId, attempt, error: toErrorMessage(thrown) }, `${what} not be registered.`);
      if (attempt >= ATTEMPTS || isRefusedByDiscord(thrown)) return;
      void clock.sleep(RETRY_MS * attempt, stopping).then(
        () => this.#register(guildId, attempt + 1),
        () => undefined,
      );
    }
  }

  /** Takes away what a start with another list of servers has registered; never rejects. */
  async #clearOthers(): Promise<void> {
    const { guildIds, logger } = this.#options;
    try {
      const before = await this.#places.read();
      if (guildIds === 'all' && before !== 'everywhere') await this.#clearServers();
      if (guildIds !== 'all' && before === 'everywhere') await this.#clearEverywhere();
    } catch (thrown) {
      logger.warn({ error: toErrorMessage(thrown) }, 'Commands may be offered twice until the next start.');
    }
  }

  async #clearEverywhere(): Promise<void> {
    await this.#put(undefined, []);
    await this.#places.write('servers');
  }

  /** One after the other, so that it holds up nothing else. */
  async #clearServers(): Promise<void> {
    for (const guildId of [...this.#options.client.guilds.cache.keys()]) {
      if (this.#options.stopping.aborted) return;
      await this.#put(guildId, []);
    }
    await this.#places.write('everywhere');
  }

  #put(guildId: string | undefined, commands: readonly OfferedCommand[]): Promise<unknown> {
    const { client } = this.#options;
    return client.rest.put(toRoute(client.application?.id ?? '', guildId), { body: commands.map(({ data }) => data) });
  }
}

/** Where the commands of a server are, or, without one, those of all servers. */
export function toRoute(applicationId: string, guildId: string | undefined) {
  return guildId === undefined
    ? Routes.applicationCommands(applicationId)
    : Routes.applicationGuildCommands(applicationId, guildId);
}

/** The ids of the commands that Discord says it has, by name. */
function toCommandIds(registered: unknown): ReadonlyMap<string, string> {
  const commands = z.array(z.object({ id: z.string(), name: z.string() })).safeParse(registered).data ?? [];
  return new Map(commands.map(({ id, name }) => [name, id]));
}

/** Whether it is Discord's own refusal, which stays one: that of a proxy before it names no code. */
function isRefusedByDiscord(thrown: unknown): boolean {
  return (toDiscordCode(thrown) || 0) > 0;
}
