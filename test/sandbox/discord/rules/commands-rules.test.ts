import { describe, expect, it } from 'vitest';
import { checkPayload } from '../../../../sandbox/discord/rules/payload-rules.ts';
import { aCommand, aStringOption, type Body, many, type Refused, toCase } from '../payload-rules-bodies.ts';

const withOptions = (...options: Body[]) => [aCommand({ options })];

const COMMANDS: readonly Refused[] = [
  [
    'min_length above max_length',
    'commands',
    withOptions(aStringOption({ min_length: 5, max_length: 1 })),
    '0.options.0.min_length',
    'NUMBER_TYPE_MAX',
  ],
  [
    'choice beyond 2^53',
    'commands',
    withOptions(aStringOption({ type: 10, choices: [{ name: 'x', value: 2 ** 53 + 2 }] })),
    '0.options.0.choices.0.value',
    'NUMBER_TYPE_MAX',
  ],
  ['no list', 'commands', {}, '', 'LIST_TYPE_CONVERT'],
  ['name with a space', 'commands', [aCommand({ name: 'two words' })], '0.name', 'APPLICATION_COMMAND_INVALID_NAME'],
  ['upper-case name', 'commands', [aCommand({ name: 'Job' })], '0.name', 'APPLICATION_COMMAND_INVALID_NAME'],
  ['name of 33', 'commands', [aCommand({ name: 'x'.repeat(33) })], '0.name', 'BASE_TYPE_MAX_LENGTH'],
  ['no description', 'commands', [aCommand({ description: undefined })], '0.description', 'BASE_TYPE_REQUIRED'],
  [
    'description of 101',
    'commands',
    [aCommand({ description: 'x'.repeat(101) })],
    '0.description',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'context menu with description',
    'commands',
    [aCommand({ type: 3 })],
    '0.description',
    'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION',
  ],
  ['same name twice', 'commands', [aCommand(), aCommand()], '1', 'APPLICATION_COMMANDS_DUPLICATE_NAME'],
  ['16 message commands', 'commands', many(16, (n) => ({ name: `Do ${n}`, type: 3 })), '', 'APPLICATION_COMMANDS_MAX'],
  [
    '26 options',
    'commands',
    withOptions(...many(26, (n) => aStringOption({ name: `o${n}` }))),
    '0.options',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'option name twice',
    'commands',
    withOptions(aStringOption(), aStringOption()),
    '0.options.1',
    'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
  ],
  [
    'required after optional',
    'commands',
    withOptions(aStringOption(), aStringOption({ name: 'b', required: true })),
    '0.options.1',
    'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
  ],
  [
    'subcommand beside an option',
    'commands',
    withOptions(aStringOption({ type: 1, name: 'show' }), aStringOption()),
    '0.options',
    'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
  ],
  [
    'option in a subcommand with a bad name',
    'commands',
    withOptions(aStringOption({ type: 1, name: 'show', options: [aStringOption({ name: 'a b' })] })),
    '0.options.0.options.0.name',
    'APPLICATION_COMMAND_INVALID_NAME',
  ],
  [
    '26 choices',
    'commands',
    withOptions(aStringOption({ choices: many(26, (n) => ({ name: `${n}`, value: `${n}` })) })),
    '0.options.0.choices',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'choice name of 101',
    'commands',
    withOptions(aStringOption({ choices: [{ name: 'x'.repeat(101), value: 'x' }] })),
    '0.options.0.choices.0.name',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'choice name twice',
    'commands',
    withOptions(
      aStringOption({
        choices: [
          { name: 'a', value: 'a' },
          { name: 'a', value: 'b' },
        ],
      }),
    ),
    '0.options.0.choices.1',
    'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS',
  ],
  [
    'choices and autocomplete',
    'commands',
    withOptions(aStringOption({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })),
    '0.options.0.autocomplete',
    'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
  ],
  [
    'min_value above max_value',
    'commands',
    withOptions(aStringOption({ type: 4, min_value: 5, max_value: 1 })),
    '0.options.0.min_value',
    'NUMBER_TYPE_MAX',
  ],
  [
    '8001 in all',
    'command-create',
    aCommand({
      options: many(20, (n) =>
        aStringOption({
          name: `o${n}`,
          choices: many(6, (c) => ({ name: `${c}`.repeat(35), value: `${c}`.repeat(35) })),
        }),
      ),
    }),
    '',
    'APPLICATION_COMMAND_TOO_LARGE',
  ],
  ['forum post without a message body', 'thread-create', { name: 'Jobs', message: {} }, 'message', 'MESSAGE_EMPTY'],
  [
    'forum title of 101',
    'thread-create',
    { name: 'x'.repeat(101), message: { content: 'x' } },
    'name',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'six forum tags',
    'thread-create',
    { name: 'x', applied_tags: many(6, String), message: { content: 'x' } },
    'applied_tags',
    'BASE_TYPE_MAX_LENGTH',
  ],
];

describe('checkPayload: commands and threads', () => {
  it.each([...COMMANDS].map(toCase))('refuses $rule, and for nothing else', (refused) => {
    const problems = checkPayload(refused.kind, refused.body, refused.files, refused.existing);

    expect(problems.map((problem) => [problem.path, problem.code])).toEqual([[refused.path, refused.code]]);
  });
});
