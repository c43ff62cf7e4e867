import type { APIApplicationCommand } from 'discord.js';
import { OptionKind } from '../discord-numbers.ts';
import { type JsonObject, toFlag, toNumber, toObjects, toText } from '../json.ts';
import type { TypedCommand } from '../world/people.ts';
import type { ResolvedBuilder } from '../world/resolved.ts';
import { PersonError } from './person-error.ts';

type OptionValue = string | number | boolean;

export interface OptionsContext {
  readonly resolved: ResolvedBuilder;
  /** The option being typed, for autocomplete: nothing is required then, and its value may be unfinished. */
  readonly focused?: string;
}

/** The command named by the first word of a path, and the options of what the rest of it leads to. */
interface Leaf {
  /** Names and types of the groups and subcommands on the way. */
  readonly way: readonly { readonly name: string; readonly type: number }[];
  readonly options: readonly JsonObject[];
}

/** An interaction's `options` for a command as typed; refuses what Discord's client would not send. */
export function toCommandOptions(
  command: APIApplicationCommand,
  typed: TypedCommand,
  values: Readonly<Record<string, OptionValue>>,
  context: OptionsContext,
): readonly JsonObject[] {
  const leaf = findLeaf(command, typed.path.split(' ').slice(1));
  refuseUnknown(leaf, values);
  const sent = leaf.options.flatMap((option) => toSentOption(option, values, context));
  return leaf.way.reduceRight<readonly JsonObject[]>((options, step) => [{ ...step, options }], sent);
}

function findLeaf(command: APIApplicationCommand, words: readonly string[]): Leaf {
  let options = toObjects(command.options);
  const way: { name: string; type: number }[] = [];
  for (const word of words) {
    const next = options.find((option) => option['name'] === word && isBranch(option));
    if (next === undefined) throw new PersonError('unknown-command', `/${command.name} has no ${word}`);
    way.push({ name: word, type: toNumber(next['type']) ?? OptionKind.Subcommand });
    options = toObjects(next['options']);
  }
  if (options.some(isBranch)) throw new PersonError('unknown-command', `/${command.name} needs a subcommand`);
  return { way, options };
}

function isBranch(option: JsonObject): boolean {
  return option['type'] === OptionKind.Subcommand || option['type'] === OptionKind.SubcommandGroup;
}

function refuseUnknown(leaf: Leaf, values: Readonly<Record<string, OptionValue>>): void {
  const known = new Set(leaf.options.map((option) => option['name']));
  const unknown = Object.keys(values).find((name) => !known.has(name));
  if (unknown !== undefined) throw new PersonError('unknown-option', `There is no option ${unknown}`);
}

function toSentOption(
  option: JsonObject,
  values: Readonly<Record<string, OptionValue>>,
  context: OptionsContext,
): readonly JsonObject[] {
  const name = toText(option['name']) ?? '';
  const value = values[name];
  if (context.focused === name) {
    if (!toFlag(option['autocomplete'])) throw new PersonError('invalid-option', `${name} has no autocomplete`);
    return [{ name, type: option['type'], value: String(value ?? ''), focused: true }];
  }
  if (value === undefined) {
    if (context.focused !== undefined || !toFlag(option['required'])) return [];
    throw new PersonError('missing-option', `The option ${name} is required`);
  }
  const complaint = findComplaint(option, value, context.resolved);
  if (complaint !== undefined) throw new PersonError('invalid-option', `${name}: ${complaint}`);
  return [{ name, type: option['type'], value }];
}

/** Why a value cannot be sent for an option. */
function findComplaint(option: JsonObject, value: OptionValue, resolved: ResolvedBuilder): string | undefined {
  switch (option['type']) {
    case OptionKind.String:
      return complainOfText(option, value);
    case OptionKind.Integer:
      return Number.isInteger(value) ? complainOfNumber(option, value) : 'must be a whole number';
    case OptionKind.Number:
      return typeof value === 'number' ? complainOfNumber(option, value) : 'must be a number';
    case OptionKind.Boolean:
      return typeof value === 'boolean' ? undefined : 'must be True or False';
    default:
      return complainOfEntity(option, String(value), resolved);
  }
}

function complainOfText(option: JsonObject, value: OptionValue): string | undefined {
  if (typeof value !== 'string') return 'must be a text';
  const choice = complainOfChoice(option, value);
  if (choice !== undefined) return choice;
  if (value.length < (toNumber(option['min_length']) ?? 0)) return 'is too short';
  if (toFlag(option['required']) && value.trim() === '') return 'must not be empty';
  return value.length > (toNumber(option['max_length']) ?? 6_000) ? 'is too long' : undefined;
}

function complainOfNumber(option: JsonObject, value: OptionValue): string | undefined {
  const choice = complainOfChoice(option, value);
  if (choice !== undefined) return choice;
  if (Number(value) < (toNumber(option['min_value']) ?? -(2 ** 53))) return 'is too small';
  return Number(value) > (toNumber(option['max_value']) ?? 2 ** 53) ? 'is too large' : undefined;
}

function complainOfChoice(option: JsonObject, value: OptionValue): string | undefined {
  const choices = toObjects(option['choices']);
  if (choices.length === 0 || choices.some((choice) => choice['value'] === value)) return undefined;
  return 'is not one of the choices';
}

function complainOfEntity(option: JsonObject, id: string, resolved: ResolvedBuilder): string | undefined {
  switch (option['type']) {
    case OptionKind.User:
      return resolved.addUser(id) ? undefined : 'is not a user';
    case OptionKind.Role:
      return resolved.addRole(id) ? undefined : 'is not a role of this server';
    case OptionKind.Channel: {
      const types = Array.isArray(option['channel_types']) ? option['channel_types'].map(Number) : [];
      return resolved.addChannel(id, types) ? undefined : 'is not a channel that can be chosen here';
    }
    case OptionKind.Mentionable:
      return resolved.addUser(id) || resolved.addRole(id) ? undefined : 'is neither a user nor a role';
    default:
      return undefined;
  }
}
