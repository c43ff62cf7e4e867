import {
  type APIApplicationCommandAttachmentOption,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandIntegerOption,
  type APIApplicationCommandStringOption,
  ApplicationCommandOptionType,
} from 'discord.js';
import { ACCOUNT_OPTION } from '../src/discord/core/account-option.ts';
import { toApiChannel } from '../src/discord/core/api-channel.ts';
import type { CommandOptions } from '../src/discord/core/command-options.ts';
import type { SubmitTarget } from '../src/discord/submissions/submit-target.ts';
import { compact } from '../src/shared/compact.ts';

const { String: Text, Integer, Boolean: Flag, Subcommand, Attachment } = ApplicationCommandOptionType;

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

/** Offered where a server has several accounts alone. */
export function account(description: string): APIApplicationCommandStringOption {
  return { type: Text, name: ACCOUNT_OPTION, description, autocomplete: true, max_length: 40 };
}

/** The API channel that was named, if one was. */
export function givenApiChannel(options: Pick<CommandOptions, 'string'>): string | undefined {
  const where = options.string('api-channel');
  return where === undefined ? undefined : toApiChannel(where);
}

/** Where a new job is to be made, as far as that was said. */
export function toTarget(options: Pick<CommandOptions, 'string'>): SubmitTarget {
  return compact({ apiChannel: givenApiChannel(options), account: options.string(ACCOUNT_OPTION) });
}

export function picture(name: string, description: string): APIApplicationCommandAttachmentOption {
  return { type: Attachment, name, description };
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
