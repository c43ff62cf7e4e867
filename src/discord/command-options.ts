import type { ChatInputCommandInteraction } from 'discord.js';
import { AppError } from '../shared/errors.ts';

type OptionValue = string | number | boolean;

/** The options of a command as given; what Discord promised to be there and is not, is our mistake. */
export class CommandOptions {
  readonly #values: ReadonlyMap<string, OptionValue>;

  constructor(values: Iterable<readonly [string, OptionValue]>) {
    this.#values = new Map(values);
  }

  string(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw new AppError('option-missing', `Option ${name} is missing.`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#values.get(name);
    return typeof value === 'boolean' ? value : undefined;
  }
}

/** Options of the subcommand that was called, by name; members, roles and channels as ids. */
export function toCommandOptions(interaction: ChatInputCommandInteraction): CommandOptions {
  const flat = interaction.options.data.flatMap((option) => option.options ?? [option]);
  const inner = flat.flatMap((option) => option.options ?? [option]);
  return new CommandOptions(inner.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])));
}

/** `job show`, `mod words add`: the command with its group and subcommand. */
export function toCommandPath(interaction: {
  readonly commandName: string;
  readonly options: {
    getSubcommandGroup(required: false): string | null;
    getSubcommand(required: false): string | null;
  };
}): string {
  const group = interaction.options.getSubcommandGroup(false);
  const subcommand = interaction.options.getSubcommand(false);
  return [interaction.commandName, group, subcommand].filter((part) => part !== null).join(' ');
}
