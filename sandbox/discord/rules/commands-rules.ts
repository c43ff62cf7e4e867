import { isLocale } from '../locales.ts';
import { isGiven, type JsonRecord, list, record, text } from './json-rules.ts';
import { checkMinMax } from './modal-rules.ts';
import { at, type Problems, problem } from './problem-rules.ts';

const COMMAND_TYPE = { chatInput: 1, user: 2, message: 3 } as const;
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MAX_SIZE = 8000;
const MAX_PER_TYPE: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };

/** The documented rules for a list of commands that replaces all others. */
export function* checkCommands(body: unknown): Problems {
  const seen = new Set<string>();
  const counts = new Map<number, number>();
  for (const [index, entry] of list(body).entries()) {
    const type = typeOf(record(entry));
    const key = `${type} ${record(entry)['name']}`;
    if (seen.has(key))
      yield problem(at(index), 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    seen.add(key);
    counts.set(type, (counts.get(type) ?? 0) + 1);
    yield* checkCommand(entry, `${index}`);
  }
  for (const [type, count] of counts) {
    const max = MAX_PER_TYPE[type] ?? 100;
    if (count > max) yield problem('', 'APPLICATION_COMMANDS_MAX', `At most ${max} commands of type ${type}`);
  }
}

/** The documented rules for one command that Discord's schema lacks; `isPartial` for an edit. */
export function* checkCommand(entry: unknown, path: string, isPartial = false): Problems {
  const command = record(entry);
  yield* checkLocales(command, path);
  yield* typeOf(command) === COMMAND_TYPE.chatInput
    ? checkChatInput(command, path, isPartial)
    : checkContextMenu(command, path);
  if (sizeOf(command) > MAX_SIZE)
    yield problem(path, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${MAX_SIZE})`);
}

/** Dictionaries name only languages that Discord has. */
function* checkLocales(part: JsonRecord, path: string): Problems {
  for (const field of ['name_localizations', 'description_localizations']) {
    for (const locale of Object.keys(record(part[field]))) {
      if (isLocale(locale)) continue;
      const message = `Value "${locale}" is not a valid enum value.`;
      yield problem(at(path, field, locale), 'ENUM_TYPE_COERCE', message);
    }
  }
}

function typeOf(command: JsonRecord): number {
  return typeof command['type'] === 'number' ? command['type'] : COMMAND_TYPE.chatInput;
}

function* checkChatInput(command: JsonRecord, path: string, isPartial: boolean): Problems {
  if (!isPartial || isGiven(command['name'])) yield* checkName(command, path);
  const isDescribed = isGiven(command['description']) || (isPartial && command['description'] === undefined);
  if (!isDescribed) yield problem(at(path, 'description'), 'BASE_TYPE_REQUIRED', 'This field is required');
  yield* checkOptions(command['options'], at(path, 'options'));
}

function* checkContextMenu(command: JsonRecord, path: string): Problems {
  for (const key of ['description', 'options']) {
    if (isGiven(command[key])) {
      const message = `Context menu commands cannot have ${key}`;
      yield problem(at(path, key), `APPLICATION_COMMAND_CONTEXT_MENU_${key.toUpperCase()}`, message);
    }
  }
}

function* checkName(named: JsonRecord, path: string): Problems {
  const names: [string, unknown][] = [[at(path, 'name'), named['name']]];
  for (const [locale, name] of Object.entries(record(named['name_localizations'])))
    names.push([at(path, 'name_localizations', locale), name]);
  for (const [here, name] of names) {
    if (text(name) === '' || text(name).length > 32) continue;
    if (!NAME.test(text(name)) || text(name).toLowerCase() !== name)
      yield problem(here, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
}

function* checkOptions(options: unknown, path: string): Problems {
  const entries = list(options).map(record);
  yield* checkOrder(entries, path);
  const nested = entries.filter((option) => isNested(option));
  if (nested.length > 0 && nested.length < entries.length) {
    const message = 'Sub-command and sub-command group option types are mutually exclusive to all other types';
    yield problem(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message);
  }
  for (const [index, option] of entries.entries()) {
    yield* checkName(option, at(path, index));
    yield* checkLocales(option, at(path, index));
    yield* isNested(option)
      ? checkOptions(option['options'], at(path, index, 'options'))
      : checkValueOption(option, at(path, index));
  }
}

function isNested(option: JsonRecord): boolean {
  return option['type'] === SUBCOMMAND || option['type'] === SUBCOMMAND_GROUP;
}

function* checkOrder(options: readonly JsonRecord[], path: string): Problems {
  const seen = new Set<unknown>();
  let hasOptional = false;
  for (const [index, option] of options.entries()) {
    if (seen.has(option['name']))
      yield problem(at(path, index), 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
    seen.add(option['name']);
    if (hasOptional && option['required'] === true) {
      const message = 'Required options must be placed before non-required options';
      yield problem(at(path, index), 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message);
    }
    hasOptional ||= option['required'] !== true;
  }
}

function* checkValueOption(option: JsonRecord, path: string): Problems {
  yield* checkMinMax(option, path, 'min_length', 'max_length');
  yield* checkMinMax(option, path, 'min_value', 'max_value');
  if (option['autocomplete'] === true && isGiven(option['choices'])) {
    const message = 'Autocomplete cannot be enabled for options with choices';
    yield problem(at(path, 'autocomplete'), 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE', message);
  }
  yield* checkChoices(option['choices'], at(path, 'choices'));
}

/** Choices of an option or of an autocomplete answer: texts up to 100 characters, names once. */
export function* checkChoices(choices: unknown, path: string): Problems {
  const names = new Set<unknown>();
  for (const [index, choice] of list(choices).map(record).entries()) {
    const { name, value } = choice;
    yield* checkLocales(choice, at(path, index));
    if (names.has(name)) {
      const message = 'Option choice name already exists';
      yield problem(at(path, index), 'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS', message);
    }
    names.add(name);
    if (value === '') yield problem(at(path, index, 'value'), 'BASE_TYPE_MIN_LENGTH', 'Must be 1 or more in length.');
    if (text(value).length > 100)
      yield problem(at(path, index, 'value'), 'BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.');
    if (typeof value === 'number' && Math.abs(value) > 2 ** 53)
      yield problem(at(path, index, 'value'), 'NUMBER_TYPE_MAX', 'Value should be between -2^53 and 2^53.');
  }
}

/** What Discord counts of a command: names, descriptions and choice values, the longest localization of each. */
function sizeOf(part: JsonRecord): number {
  let size = longest(part, 'name') + longest(part, 'description');
  for (const choice of list(part['choices']).map(record))
    size += longest(choice, 'name') + String(choice['value']).length;
  for (const option of list(part['options'])) size += sizeOf(record(option));
  return size;
}

function longest(part: JsonRecord, key: string): number {
  const localized = Object.values(record(part[`${key}_localizations`])).map((value) => text(value).length);
  return Math.max(text(part[key]).length, ...localized);
}
