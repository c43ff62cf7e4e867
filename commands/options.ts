import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandIntegerOption,
  type APIApplicationCommandStringOption,
  ApplicationCommandOptionType,
} from 'discord.js';

const { String: Text, Integer, Boolean: Flag, Subcommand } = ApplicationCommandOptionType;

/** One job, picked from suggestions or named. */
export const JOB = {
  type: Text,
  name: 'job',
  description: 'A ref such as k3v9x2ma, words of the prompt, or a whole jobid',
  required: true,
  autocomplete: true,
  max_length: 200,
} as const;

/** Who sees the reply; the router reads it. */
export function publicOption(description: string) {
  return { type: Flag, name: 'public', description } as const;
}

export function apiChannel(description: string): APIApplicationCommandStringOption {
  return { type: Text, name: 'api-channel', description, autocomplete: true, max_length: 40 };
}

export function choice(
  name: string,
  description: string,
  values: readonly string[],
): APIApplicationCommandStringOption {
  return { type: Text, name, description, choices: values.map((value) => ({ name: value, value })) };
}

export function integer(
  name: string,
  description: string,
  min: number,
  max?: number,
): APIApplicationCommandIntegerOption {
  return { type: Integer, name, description, min_value: min, ...(max !== undefined && { max_value: max }) };
}

export function subcommand(name: string, description: string, options: APIApplicationCommandBasicOption[] = []) {
  return { type: Subcommand, name, description, options } as const;
}
