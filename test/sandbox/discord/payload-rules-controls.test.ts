import { describe, expect, it } from 'vitest';
import { checkPayload } from '../../../sandbox/discord/rules/payload-rules.ts';
import {
  aButton,
  aLink,
  anOption,
  aRow,
  aSelect,
  aTextInput,
  type Body,
  many,
  type Refused,
  toCase,
} from './payload-rules-bodies.ts';

const C = 'message-create';
const inRow = (...components: Body[]) => ({ components: [aRow(...components)], content: 'x' });
const here = 'components.0.components.0';

const CONTROLS: readonly Refused[] = [
  [
    'option emoji that is a word',
    C,
    inRow(aSelect({ options: [anOption('a', { emoji: { name: 'boat' } })] })),
    `${here}.options.0.emoji.name`,
    'COMPONENT_INVALID_EMOJI',
  ],
  ['empty row', C, inRow(), 'components.0.components', 'BASE_TYPE_MIN_LENGTH'],
  [
    'six buttons in a row',
    C,
    inRow(...many(6, (n) => aButton({ custom_id: `${n}` }))),
    'components.0.components',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'select beside a button',
    C,
    inRow(aSelect(), aButton()),
    'components.0.components.1',
    'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
  ],
  ['text input in a message', C, inRow(aTextInput()), here, 'UNION_TYPE_CHOICES'],
  [
    'custom_id twice',
    C,
    inRow(aButton(), aButton()),
    'components.0.components.1.custom_id',
    'COMPONENT_CUSTOM_ID_DUPLICATED',
  ],
  ['custom_id of 101', C, inRow(aButton({ custom_id: 'x'.repeat(101) })), `${here}.custom_id`, 'BASE_TYPE_MAX_LENGTH'],
  [
    'button without custom_id',
    C,
    inRow(aButton({ custom_id: undefined })),
    `${here}.custom_id`,
    'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED',
  ],
  ['button label of 81', C, inRow(aButton({ label: 'x'.repeat(81) })), `${here}.label`, 'BASE_TYPE_MAX_LENGTH'],
  [
    'button without label and emoji',
    C,
    inRow(aButton({ label: '' })),
    here,
    'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED',
  ],
  ['button of style 9', C, inRow(aButton({ style: 9 })), `${here}.style`, 'BASE_TYPE_CHOICES'],
  [
    'emoji that is a word',
    C,
    inRow(aButton({ emoji: { name: 'boat' } })),
    `${here}.emoji.name`,
    'COMPONENT_INVALID_EMOJI',
  ],
  ['link with custom_id', C, inRow(aLink({ custom_id: 'x' })), `${here}.custom_id`, 'BUTTON_COMPONENT_INVALID_FIELD'],
  ['link without url', C, inRow(aLink({ url: undefined })), `${here}.url`, 'BUTTON_COMPONENT_URL_REQUIRED'],
  ['link to a script', C, inRow(aLink({ url: 'javascript:alert(1)' })), `${here}.url`, 'URL_TYPE_INVALID_SCHEME'],
  [
    'button with url',
    C,
    inRow(aButton({ url: 'https://example.org' })),
    `${here}.url`,
    'BUTTON_COMPONENT_INVALID_FIELD',
  ],
  ['premium button without SKU', C, inRow({ type: 2, style: 6 }), `${here}.sku_id`, 'BUTTON_COMPONENT_SKU_ID_REQUIRED'],
  [
    'premium button with label',
    C,
    inRow({ type: 2, style: 6, sku_id: '1', label: 'Buy' }),
    `${here}.label`,
    'BUTTON_COMPONENT_INVALID_FIELD',
  ],
  ['select without options', C, inRow(aSelect({ options: [] })), `${here}.options`, 'BASE_TYPE_MIN_LENGTH'],
  [
    'select with 26 options',
    C,
    inRow(aSelect({ options: many(26, (n) => anOption(`${n}`)) })),
    `${here}.options`,
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'option value twice',
    C,
    inRow(aSelect({ options: [anOption('a'), anOption('a')] })),
    `${here}.options.1.value`,
    'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
  ],
  [
    'option label of 101',
    C,
    inRow(aSelect({ options: [anOption('a', { label: 'x'.repeat(101) })] })),
    `${here}.options.0.label`,
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'option value of 101',
    C,
    inRow(aSelect({ options: [anOption('x'.repeat(101), { label: 'x' })] })),
    `${here}.options.0.value`,
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'option description of 101',
    C,
    inRow(aSelect({ options: [anOption('a', { description: 'x'.repeat(101) })] })),
    `${here}.options.0.description`,
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'empty option label',
    C,
    inRow(aSelect({ options: [anOption('a', { label: '' })] })),
    `${here}.options.0.label`,
    'BASE_TYPE_MIN_LENGTH',
  ],
  [
    'placeholder of 151',
    C,
    inRow(aSelect({ placeholder: 'x'.repeat(151) })),
    `${here}.placeholder`,
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'min above max',
    C,
    inRow({ type: 5, custom_id: 'u', min_values: 3, max_values: 2 }),
    `${here}.min_values`,
    'SELECT_COMPONENT_MIN_ABOVE_MAX',
  ],
  ['max above options', C, inRow(aSelect({ max_values: 2 })), `${here}.options`, 'BASE_TYPE_BAD_LENGTH'],
  [
    'two defaults for one value',
    C,
    inRow(aSelect({ options: [anOption('a', { default: true }), anOption('b', { default: true })] })),
    `${here}.options`,
    'SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES',
  ],
  [
    'two default roles for one value',
    C,
    inRow({ type: 6, custom_id: 'r', default_values: many(2, (n) => ({ type: 'role', id: `${n}` })) }),
    `${here}.default_values`,
    'BASE_TYPE_BAD_LENGTH',
  ],
];

describe('checkPayload: buttons and selects', () => {
  it.each([...CONTROLS].map(toCase))('refuses $rule, and for nothing else', (refused) => {
    const problems = checkPayload(refused.kind, refused.body, refused.files, refused.existing);

    expect(problems.map((problem) => [problem.path, problem.code])).toEqual([[refused.path, refused.code]]);
  });
});
