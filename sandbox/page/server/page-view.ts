import type { PageCommand, PageCommands, PageOption } from './page-api.ts';
import type { WorldCommand, WorldCommandOption } from './page-world.ts';

const CDN_PATH = /^https?:\/\/[^/]+(\/(?:ephemeral-)?attachments\/\d+\/\d+\/[^/?#]+)(?:[?#].*)?$/;
const BUTTON = 2;

/**
 * A copy of a message in which every address of an uploaded file leads to the page's own origin (`/files/…`).
 * Addresses of link buttons stay as they are.
 */
export function toPageMessage<T>(message: T): T {
  return rewrite(message) as T;
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  if ('type' in value && value.type === BUTTON && 'custom_id' in value === false && 'style' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rewriteField(key, inner)]));
}

function rewriteField(key: string, value: unknown): unknown {
  const isAddress = (key === 'url' || key === 'proxy_url') && typeof value === 'string';
  return isAddress ? toOwnAddress(value) : rewrite(value);
}

/** `/files/attachments/…` for the address of an uploaded file; anything else as it is. */
function toOwnAddress(url: string): string {
  const path = CDN_PATH.exec(url)?.[1];
  return path === undefined ? url : `/files${path}`;
}

const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;
const USER_COMMAND = 2;
const MESSAGE_COMMAND = 3;

/** Registered commands as the page offers them: each subcommand by itself, required options first. */
export function toPageCommands(commands: readonly WorldCommand[]): PageCommands {
  const slash = commands.filter((command) => (command.type ?? 1) === 1);
  const message = commands.filter((command) => command.type === MESSAGE_COMMAND);
  const user = commands.filter((command) => command.type === USER_COMMAND);
  return {
    slash: slash.flatMap((command) => flatten(command.name, command.description ?? '', command.options ?? [])),
    message: message.map((command) => command.name),
    user: user.map((command) => command.name),
  };
}

function flatten(path: string, description: string, options: readonly WorldCommandOption[]): PageCommand[] {
  const nested = options.filter((option) => option.type === SUBCOMMAND || option.type === SUBCOMMAND_GROUP);
  if (nested.length === 0) return [{ path, description, options: options.map(toPageOption) }];
  return nested.flatMap((option) => flatten(`${path} ${option.name}`, option.description ?? '', option.options ?? []));
}

function toPageOption(option: WorldCommandOption): PageOption {
  return {
    name: option.name,
    description: option.description ?? '',
    type: option.type,
    isRequired: option.required === true,
    hasAutocomplete: option.autocomplete === true,
    choices: option.choices ?? [],
    min: option.min_value ?? option.min_length,
    max: option.max_value ?? option.max_length,
    channelTypes: option.channel_types,
  };
}
