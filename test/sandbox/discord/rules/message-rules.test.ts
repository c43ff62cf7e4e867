import { describe, expect, it } from 'vitest';
import { checkPayload } from '../../../../sandbox/discord/rules/payload-rules.ts';
import {
  aButton,
  aFile,
  aGallery,
  aRow,
  aText,
  aV2,
  EPHEMERAL,
  many,
  type Refused,
  toCase,
  V2,
} from '../payload-rules-bodies.ts';

const C = 'message-create';
const LEGACY = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
const NOT_FOUND = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND';
const KEPT = [{ id: '111111111111111111', filename: 'old.webp' }];

const MESSAGES: readonly Refused[] = [
  ['content of 2001', C, { content: 'x'.repeat(2001) }, 'content', 'BASE_TYPE_MAX_LENGTH'],
  ['nothing at all', C, {}, '', 'MESSAGE_EMPTY'],
  ['content that is a number', C, { content: 5 }, 'content', 'STRING_TYPE_CONVERT'],
  ['eleven embeds', C, { embeds: many(11, () => ({ title: 't' })) }, 'embeds', 'BASE_TYPE_MAX_LENGTH'],
  [
    'embeds of 6001',
    C,
    { embeds: many(2, (n) => ({ description: 'x'.repeat(3000 + n) })) },
    'embeds',
    'MAX_EMBED_SIZE_EXCEEDED',
  ],
  [
    'embed field without a value',
    C,
    { embeds: [{ fields: [{ name: 'a', value: ' ' }] }] },
    'embeds.0.fields.0.value',
    'BASE_TYPE_REQUIRED',
  ],
  [
    'embed field without a name',
    C,
    { embeds: [{ fields: [{ name: '', value: 'a' }] }] },
    'embeds.0.fields.0.name',
    'BASE_TYPE_REQUIRED',
  ],
  [
    'embed picture of no file',
    C,
    { embeds: [{ image: { url: 'attachment://a.png' } }] },
    'embeds.0.image.url',
    NOT_FOUND,
  ],
  ['nonce of 26', C, { content: 'x', nonce: 'n'.repeat(26) }, 'nonce', 'BASE_TYPE_MAX_LENGTH'],
  ['ephemeral channel message', C, { content: 'x', flags: EPHEMERAL }, 'flags', 'MESSAGE_FLAGS_NOT_ALLOWED'],
  [
    'users parsed and listed',
    C,
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['123'] } },
    'allowed_mentions',
    'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
  ],
  [
    'roles parsed and listed',
    C,
    { content: 'x', allowed_mentions: { parse: ['roles'], roles: ['123'] } },
    'allowed_mentions',
    'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
  ],
  [
    '101 roles',
    C,
    { content: 'x', allowed_mentions: { roles: many(101, String) } },
    'allowed_mentions.roles',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'one role twice',
    C,
    { content: 'x', allowed_mentions: { roles: ['1', '1'] } },
    'allowed_mentions.roles',
    'SET_TYPE_CONTAINS_DUPLICATES',
  ],
  [
    'unknown word to parse',
    C,
    { content: 'x', allowed_mentions: { parse: ['here'] } },
    'allowed_mentions.parse.0',
    'BASE_TYPE_CHOICES',
  ],
  [
    'six rows without V2',
    C,
    { components: many(6, (n) => aRow(aButton({ custom_id: `${n}` }))) },
    'components',
    'BASE_TYPE_BAD_LENGTH',
  ],
  ['V2 component without the flag', C, { components: [aText()] }, 'components.0', 'UNION_TYPE_CHOICES'],
];

const FILES: readonly Refused[] = [
  ['file of 11 MiB', C, { content: 'x' }, '', 'REQUEST_ENTITY_TOO_LARGE', { files: [aFile({ size: 11 * 2 ** 20 })] }],
  [
    '26 MiB together',
    C,
    { content: 'x' },
    '',
    'REQUEST_ENTITY_TOO_LARGE',
    { files: many(3, (id) => aFile({ id, size: 9 * 2 ** 20 })) },
  ],
  [
    'eleven files',
    C,
    { content: 'x' },
    'attachments',
    'BASE_TYPE_MAX_LENGTH',
    { files: many(11, (id) => aFile({ id })) },
  ],
  [
    'attachment without its file',
    C,
    { content: 'x', attachments: [{ id: '1' }] },
    'attachments.0.id',
    'ATTACHMENT_NOT_FOUND',
    { files: [aFile()] },
  ],
  [
    'attachment twice',
    C,
    { content: 'x', attachments: [{ id: '0' }, { id: '0' }] },
    'attachments.1.id',
    'ATTACHMENT_ID_DUPLICATED',
    { files: [aFile()] },
  ],
  [
    'attachment description of 1025',
    C,
    { content: 'x', attachments: [{ id: '0', description: 'x'.repeat(1025) }] },
    'attachments.0.description',
    'BASE_TYPE_MAX_LENGTH',
    { files: [aFile()] },
  ],
  [
    'edit that forgets its new file',
    'message-edit',
    { content: 'x', attachments: [] },
    'attachments',
    'ATTACHMENT_NOT_LISTED',
    { files: [aFile()] },
  ],
  [
    'edit that keeps a strange file',
    'message-edit',
    { attachments: [{ id: '222222222222222222' }] },
    'attachments.0.id',
    'ATTACHMENT_NOT_FOUND',
    { existing: { attachments: KEPT } },
  ],
  [
    'edit that shows a dropped file',
    'message-edit',
    { ...aV2(aGallery('attachment://old.webp')), attachments: [] },
    'components.0.items.0.media.url',
    NOT_FOUND,
    { existing: { attachments: KEPT } },
  ],
];

const EDITS: readonly Refused[] = [
  ['content on a V2 message', 'message-edit', { content: 'x' }, 'content', LEGACY, { existing: { flags: V2 } }],
  [
    'V2 over content that stays',
    'message-edit',
    aV2(aText()),
    'content',
    LEGACY,
    { existing: { flags: 0, content: 'old' } },
  ],
  [
    'V2 components without the flag',
    'interaction-edit',
    { components: [aText()] },
    'components.0',
    'UNION_TYPE_CHOICES',
    { existing: { flags: 0 } },
  ],
  [
    'no components left',
    'message-edit',
    { flags: V2, components: [] },
    'components',
    'BASE_TYPE_REQUIRED',
    { existing: { flags: V2 } },
  ],
  ['empty follow-up', 'follow-up', { content: '' }, '', 'MESSAGE_EMPTY'],
];

describe('checkPayload: messages', () => {
  it.each([...MESSAGES, ...FILES, ...EDITS].map(toCase))('refuses $rule, and for nothing else', (refused) => {
    const problems = checkPayload(refused.kind, refused.body, refused.files, refused.existing);

    expect(problems.map((problem) => [problem.path, problem.code])).toEqual([[refused.path, refused.code]]);
  });

  it.each(['message-edit', 'interaction-edit'] as const)('takes flags that Discord ignores: %s', (kind) => {
    expect(checkPayload(kind, { content: 'x', flags: EPHEMERAL }, [], { flags: 0, content: 'old' })).toEqual([]);
  });
});
