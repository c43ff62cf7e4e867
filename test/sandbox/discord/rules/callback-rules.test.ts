import { describe, expect, it } from 'vitest';
import { checkPayload } from '../../../../sandbox/discord/rules/payload-rules.ts';
import {
  aButton,
  aLabel,
  aModal,
  anOption,
  aRow,
  aSelect,
  aText,
  aTextInput,
  aV2,
  EPHEMERAL,
  many,
  type Refused,
  toCase,
  V2,
} from '../payload-rules-bodies.ts';

const LEGACY = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
const CB = 'interaction-callback';
const inModal = 'data.components.0.component';

const CALLBACKS: readonly Refused[] = [
  ['unknown callback type', CB, { type: 3 }, 'type', 'BASE_TYPE_CHOICES'],
  ['deferral with V2', CB, { type: 5, data: { flags: V2 | EPHEMERAL } }, 'data.flags', 'MESSAGE_FLAGS_NOT_ALLOWED'],
  ['answer with content and V2', CB, { type: 4, data: { ...aV2(aText()), content: 'x' } }, 'data.content', LEGACY],
  ['empty answer', CB, { type: 4, data: { content: '' } }, 'data', 'MESSAGE_EMPTY'],
  [
    '26 autocomplete choices',
    CB,
    { type: 8, data: { choices: many(26, (n) => ({ name: `${n}`, value: `${n}` })) } },
    'data.choices',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'choice name of 101',
    CB,
    { type: 8, data: { choices: [{ name: 'x'.repeat(101), value: 'x' }] } },
    'data.choices.0.name',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'choice value of 101',
    CB,
    { type: 8, data: { choices: [{ name: 'x', value: 'x'.repeat(101) }] } },
    'data.choices.0.value',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'empty choice value',
    CB,
    { type: 8, data: { choices: [{ name: 'x', value: '' }] } },
    'data.choices.0.value',
    'BASE_TYPE_MIN_LENGTH',
  ],
];

const MODALS: readonly Refused[] = [
  [
    'value too short in a row',
    CB,
    aModal({ components: [aRow(aTextInput({ label: 'a', value: 'x', min_length: 2 }))] }),
    'data.components.0.components.0.value',
    'BASE_TYPE_BAD_LENGTH',
  ],
  [
    'upload of at least three and at most two',
    CB,
    aModal({ components: [aLabel({ type: 19, custom_id: 'f', min_values: 3, max_values: 2 })] }),
    `${inModal}.min_values`,
    'NUMBER_TYPE_MAX',
  ],
  [
    'radio value twice',
    CB,
    aModal({ components: [aLabel({ type: 21, custom_id: 'r', options: [anOption('a'), anOption('a')] })] }),
    `${inModal}.options.1.value`,
    'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
  ],
  [
    'option value twice in a modal',
    CB,
    aModal({ components: [aLabel(aSelect({ options: [anOption('a'), anOption('a')] }))] }),
    `${inModal}.options.1.value`,
    'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
  ],
  ['title of 46', CB, aModal({ title: 'x'.repeat(46) }), 'data.title', 'BASE_TYPE_MAX_LENGTH'],
  ['modal without components', CB, aModal({ components: [] }), 'data.components', 'BASE_TYPE_MIN_LENGTH'],
  [
    'six components',
    CB,
    aModal({ components: many(6, (n) => aLabel(aTextInput({ custom_id: `${n}` }))) }),
    'data.components',
    'BASE_TYPE_BAD_LENGTH',
  ],
  [
    'label of 46',
    CB,
    aModal({ components: [aLabel(aTextInput(), { label: 'x'.repeat(46) })] }),
    'data.components.0.label',
    'BASE_TYPE_MAX_LENGTH',
  ],
  ['button in a label', CB, aModal({ components: [aLabel(aButton())] }), inModal, 'UNION_TYPE_CHOICES'],
  ['bare text input', CB, aModal({ components: [aTextInput()] }), 'data.components.0', 'UNION_TYPE_CHOICES'],
  [
    'text input of 4001',
    CB,
    aModal({ components: [aLabel(aTextInput({ max_length: 4001 }))] }),
    `${inModal}.max_length`,
    'NUMBER_TYPE_MAX',
  ],
  [
    'value of 4001',
    CB,
    aModal({ components: [aLabel(aTextInput({ value: 'x'.repeat(4001) }))] }),
    `${inModal}.value`,
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'value above its max_length',
    CB,
    aModal({ components: [aLabel(aTextInput({ value: 'xxx', max_length: 2 }))] }),
    `${inModal}.value`,
    'BASE_TYPE_BAD_LENGTH',
  ],
  [
    'min_length above max_length',
    CB,
    aModal({ components: [aLabel(aTextInput({ min_length: 5, max_length: 2 }))] }),
    `${inModal}.min_length`,
    'NUMBER_TYPE_MAX',
  ],
  [
    'label in a label',
    CB,
    aModal({ components: [aLabel(aTextInput({ label: 'x' }))] }),
    `${inModal}.label`,
    'TEXT_INPUT_LABEL_IN_LABEL',
  ],
  [
    'custom_id twice in a modal',
    CB,
    aModal({ components: [aLabel(), aLabel()] }),
    'data.components.1.component.custom_id',
    'COMPONENT_CUSTOM_ID_DUPLICATED',
  ],
  [
    'disabled select in a modal',
    CB,
    aModal({ components: [aLabel(aSelect({ disabled: true }))] }),
    `${inModal}.disabled`,
    'COMPONENT_DISABLED_IN_MODAL',
  ],
  [
    'optional upload that is required',
    CB,
    aModal({ components: [aLabel({ type: 19, custom_id: 'f', min_values: 0 })] }),
    `${inModal}.min_values`,
    'NUMBER_TYPE_MIN',
  ],
  [
    'upload of a type without its dot',
    CB,
    aModal({ components: [aLabel({ type: 19, custom_id: 'f', file_types: ['image', 'pdf'] })] }),
    `${inModal}.file_types.1`,
    'STRING_TYPE_REGEX',
  ],
  [
    'upload of eleven',
    CB,
    aModal({ components: [aLabel({ type: 19, custom_id: 'f', max_values: 11 })] }),
    `${inModal}.max_values`,
    'NUMBER_TYPE_MAX',
  ],
  [
    'row input without a label',
    CB,
    aModal({ components: [aRow(aTextInput())] }),
    'data.components.0.components.0.label',
    'BASE_TYPE_REQUIRED',
  ],
  [
    'two inputs in a row',
    CB,
    aModal({ components: [aRow(aTextInput({ label: 'a' }), aTextInput({ label: 'b', custom_id: 'b' }))] }),
    'data.components.0.components.1',
    'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
  ],
];

describe('checkPayload: callbacks and modals', () => {
  it.each([...CALLBACKS, ...MODALS].map(toCase))('refuses $rule, and for nothing else', (refused) => {
    const problems = checkPayload(refused.kind, refused.body, refused.files, refused.existing);

    expect(problems.map((problem) => [problem.path, problem.code])).toEqual([[refused.path, refused.code]]);
  });
});
