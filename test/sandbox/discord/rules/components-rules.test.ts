import { describe, expect, it } from 'vitest';
import { checkPayload } from '../../../../sandbox/discord/rules/payload-rules.ts';
import {
  aButton,
  aContainer,
  aFile,
  aFileComponent,
  aGallery,
  aSection,
  aSelect,
  aText,
  aThumbnail,
  aV2,
  many,
  type Refused,
  toCase,
  V2,
} from '../payload-rules-bodies.ts';

const C = 'message-create';
const LEGACY = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
const NOT_FOUND = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND';
const here = 'components.0.components.0';

const V2_RULES: readonly Refused[] = [
  ['V2 with content', C, { ...aV2(aText()), content: 'x' }, 'content', LEGACY],
  ['V2 with an embed', C, { ...aV2(aText()), embeds: [{ title: 't' }] }, 'embeds', LEGACY],
  ['V2 with a sticker', C, { ...aV2(aText()), sticker_ids: ['1'] }, 'sticker_ids', LEGACY],
  ['V2 without components', C, { flags: V2 }, 'components', 'BASE_TYPE_REQUIRED'],
  [
    '41 components',
    C,
    aV2(...many(2, () => aContainer(...many(19, () => aText('x')))), aText('x')),
    'components',
    'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
  ],
  [
    '4001 characters',
    C,
    aV2(aText('x'.repeat(4000)), aText('x')),
    'components',
    'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
  ],
  ['empty text', C, aV2(aText('')), 'components.0.content', 'BASE_TYPE_MIN_LENGTH'],
  ['container in a container', C, aV2(aContainer(aContainer(aText()))), here, 'UNION_TYPE_CHOICES'],
  ['empty container', C, aV2(aContainer()), 'components.0.components', 'BASE_TYPE_MIN_LENGTH'],
  [
    'accent beyond white',
    C,
    aV2({ ...aContainer(aText()), accent_color: 0x1000000 }),
    'components.0.accent_color',
    'NUMBER_TYPE_MAX',
  ],
  ['button at top level', C, aV2(aButton()), 'components.0', 'UNION_TYPE_CHOICES'],
  ['section without texts', C, aV2(aSection({ components: [] })), 'components.0.components', 'BASE_TYPE_MIN_LENGTH'],
  [
    'section with four texts',
    C,
    aV2(aSection({ components: many(4, () => aText()) })),
    'components.0.components',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'section without accessory',
    C,
    aV2(aSection({ accessory: undefined })),
    'components.0.accessory',
    'BASE_TYPE_REQUIRED',
  ],
  ['select as accessory', C, aV2(aSection({ accessory: aSelect() })), 'components.0.accessory', 'UNION_TYPE_CHOICES'],
  ['empty gallery', C, aV2(aGallery()), 'components.0.items', 'BASE_TYPE_MIN_LENGTH'],
  [
    'gallery of eleven',
    C,
    aV2(aGallery(...many(11, () => 'https://example.org/a.png'))),
    'components.0.items',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'alt text of 1025',
    C,
    aV2({ type: 12, items: [{ media: { url: 'https://example.org/a' }, description: 'x'.repeat(1025) }] }),
    'components.0.items.0.description',
    'BASE_TYPE_MAX_LENGTH',
  ],
  [
    'picture that was not uploaded',
    C,
    aV2(aGallery('attachment://other.webp')),
    'components.0.items.0.media.url',
    NOT_FOUND,
    { files: [aFile()] },
  ],
  [
    'thumbnail that was not uploaded',
    C,
    aV2(aSection({ accessory: aThumbnail() })),
    'components.0.accessory.media.url',
    NOT_FOUND,
  ],
  [
    'file by web address',
    C,
    aV2(aFileComponent('https://example.org/a.zip')),
    'components.0.file.url',
    'URL_TYPE_INVALID_SCHEME',
  ],
  [
    'picture by ftp',
    C,
    aV2(aGallery('ftp://example.org/a.png')),
    'components.0.items.0.media.url',
    'URL_TYPE_INVALID_SCHEME',
  ],
  [
    'component id twice',
    C,
    aV2({ ...aText(), id: 7 }, { ...aText(), id: 7 }),
    'components.1.id',
    'COMPONENT_ID_DUPLICATED',
  ],
];

describe('checkPayload: Components V2', () => {
  it.each([...V2_RULES].map(toCase))('refuses $rule, and for nothing else', (refused) => {
    const problems = checkPayload(refused.kind, refused.body, refused.files, refused.existing);

    expect(problems.map((problem) => [problem.path, problem.code])).toEqual([[refused.path, refused.code]]);
  });
});
