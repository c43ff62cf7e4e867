import type { APIApplicationCommandOption, RESTPostAPIApplicationCommandsJSONBody } from 'discord.js';
import type { OfferedCommand } from './command-registration.ts';

/** The commands without an option that means nothing in a server, wherever it stands. */
export function withoutOption(commands: readonly OfferedCommand[], name: string): readonly OfferedCommand[] {
  return commands.map(({ data }) => ({ data: withoutOptionOf(data, name) }));
}

function withoutOptionOf(data: RESTPostAPIApplicationCommandsJSONBody, name: string) {
  if (!('options' in data) || data.options === undefined) return data;
  return { ...data, options: toOthers(data.options, name) };
}

function toOthers(options: readonly APIApplicationCommandOption[], name: string): APIApplicationCommandOption[] {
  const others = options.filter((option) => option.name !== name);
  return others.map((option) => {
    if (!('options' in option) || option.options === undefined) return option;
    return { ...option, options: toOthers(option.options, name) } as APIApplicationCommandOption;
  });
}
