import type { APIApplicationCommand } from 'discord.js';
import { apiError } from '../api-error.ts';
import { CommandKind } from '../discord-numbers.ts';
import { type JsonObject, toNumber, toText } from '../json.ts';
import type { SnowflakeSource } from './snowflake.ts';
import type { WorldChange } from './world-records.ts';

/** What the book needs of the world around it. */
export interface CommandBookHost {
  readonly applicationId: string;
  readonly ids: SnowflakeSource;
  emit(change: WorldChange): void;
}

/** A server's id, or none for the commands that are everywhere. */
export type CommandScope = string | undefined;

/** The commands that the bot has registered, per server and global. */
export class CommandBook {
  readonly #host: CommandBookHost;
  readonly #scopes = new Map<CommandScope, Map<string, APIApplicationCommand>>();
  /**
   * Under the settings of a server's integrations: whether a role or a member is offered a command, by server and name.
   */
  readonly #overrides = new Map<string, Map<string, boolean>>();

  constructor(host: CommandBookHost) {
    this.#host = host;
  }

  list(scope: CommandScope): readonly APIApplicationCommand[] {
    return [...this.#in(scope).values()];
  }

  get(scope: CommandScope, id: string): APIApplicationCommand {
    const command = this.#in(scope).get(id);
    if (command === undefined) throw apiError('unknownCommand');
    return command;
  }

  /** Replaces all commands of a scope; one with a known name and type keeps its id. */
  replaceAll(scope: CommandScope, bodies: readonly JsonObject[]): readonly APIApplicationCommand[] {
    const commands = bodies.map((body) => this.#toCommand(scope, body, this.#find(scope, body)?.id));
    this.#scopes.set(scope, new Map(commands.map((command) => [command.id, command])));
    this.#announce(scope);
    return commands;
  }

  /** Adds a command, or replaces the one with its name and type. */
  upsert(scope: CommandScope, body: JsonObject): { readonly command: APIApplicationCommand; readonly isNew: boolean } {
    const known = this.#find(scope, body);
    const command = this.#toCommand(scope, body, known?.id);
    this.#in(scope).set(command.id, command);
    this.#announce(scope);
    return { command, isNew: known === undefined };
  }

  edit(scope: CommandScope, id: string, body: JsonObject): APIApplicationCommand {
    const { version: _version, ...known } = this.get(scope, id);
    const command = this.#toCommand(scope, { ...known, ...body }, id);
    this.#in(scope).set(id, command);
    this.#announce(scope);
    return command;
  }

  delete(scope: CommandScope, id: string): void {
    if (!this.#in(scope).delete(id)) throw apiError('unknownCommand');
    this.#announce(scope);
  }

  /** A server that removes the bot removes its commands with it. */
  forget(guildId: string): void {
    if (this.#scopes.delete(guildId)) this.#announce(guildId);
  }

  /** What is offered in a server, a command that is registered there and globally twice; or in a direct message. */
  offered(guildId: string | undefined): readonly APIApplicationCommand[] {
    const context = guildId === undefined ? 1 : 0;
    const global = this.list(undefined).filter((command) => isForContext(command, context));
    if (guildId === undefined) return global;
    return [...this.list(guildId), ...global];
  }

  /**
   * Offers a command to a role or a member of a server, or not, whatever it is by default; the server's id is everyone.
   */
  setOverride(guildId: string, name: string, roleOrUserId: string, isOffered: boolean): void {
    const key = `${guildId}/${name}`;
    this.#overrides.set(key, new Map([...(this.#overrides.get(key) ?? []), [roleOrUserId, isOffered]]));
    this.#announce(guildId);
  }

  /**
   * What a server has set for somebody with these ids, their own first; undefined where the command's default holds.
   */
  override(guildId: string, name: string, [userId = '', ...roleIds]: readonly string[]): boolean | undefined {
    const overrides = this.#overrides.get(`${guildId}/${name}`);
    const own = overrides?.get(userId);
    if (overrides === undefined || own !== undefined) return own;
    const ofRoles = roleIds.flatMap((roleId) => overrides.get(roleId) ?? []);
    return ofRoles.length > 0 ? ofRoles.includes(true) : overrides.get(guildId);
  }

  #in(scope: CommandScope): Map<string, APIApplicationCommand> {
    const known = this.#scopes.get(scope);
    if (known !== undefined) return known;
    const created = new Map<string, APIApplicationCommand>();
    this.#scopes.set(scope, created);
    return created;
  }

  #find(scope: CommandScope, body: JsonObject): APIApplicationCommand | undefined {
    const type = toNumber(body['type']) ?? CommandKind.ChatInput;
    return this.list(scope).find((command) => command.name === body['name'] && command.type === type);
  }

  #announce(scope: CommandScope): void {
    this.#host.emit(scope === undefined ? { kind: 'commands-updated' } : { kind: 'commands-updated', guildId: scope });
  }

  #toCommand(scope: CommandScope, body: JsonObject, id: string | undefined): APIApplicationCommand {
    const command = {
      id: id ?? this.#host.ids.next(),
      application_id: this.#host.applicationId,
      version: this.#host.ids.next(),
      default_member_permissions: toText(body['default_member_permissions']) ?? null,
      type: toNumber(body['type']) ?? CommandKind.ChatInput,
      name: toText(body['name']) ?? '',
      name_localizations: body['name_localizations'] ?? null,
      description: toText(body['description']) ?? '',
      description_localizations: body['description_localizations'] ?? null,
      nsfw: body['nsfw'] === true,
      ...(body['options'] === undefined || body['options'] === null ? {} : { options: body['options'] }),
      ...(scope === undefined ? toGlobalFields(body) : { guild_id: scope }),
    };
    return command as APIApplicationCommand;
  }
}

function toGlobalFields(body: JsonObject): object {
  return {
    dm_permission: body['dm_permission'] !== false,
    contexts: body['contexts'] ?? null,
    integration_types: body['integration_types'] ?? [0],
  };
}

function isForContext(command: APIApplicationCommand, context: 0 | 1): boolean {
  if (Array.isArray(command.contexts)) return command.contexts.includes(context);
  return context === 0 || command.dm_permission !== false;
}
