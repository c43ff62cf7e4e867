import { describe, expect, it } from 'vitest';
import { checkOwnRules } from '../../../../sandbox/discord/rules/own-rules.ts';
import { checkByRules } from '../../../../sandbox/discord/rules/payload-check.ts';
import type { PayloadFile, PayloadKind } from '../../../../sandbox/discord/rules/payload-rules.ts';
import {
  aButton,
  aCard,
  aCommand,
  aFile,
  aModal,
  aRow,
  aText,
  aV2,
  CARD_FILES,
  many,
} from '../payload-rules-bodies.ts';

type Refused = readonly [
  rule: string,
  kind: PayloadKind,
  body: unknown,
  path: string,
  code: string,
  files?: readonly PayloadFile[],
];

const NONE = { allowed_mentions: { parse: [] } };
const C = 'message-create';
const MENTIONS = 'OWN_ALLOWED_MENTIONS';

const REFUSED: readonly Refused[] = [
  ['a create without allowed_mentions', C, { content: 'x' }, 'allowed_mentions', MENTIONS],
  ['an edit without allowed_mentions', 'message-edit', { content: 'x' }, 'allowed_mentions', MENTIONS],
  ['an answer without it', 'interaction-callback', { type: 4, data: {} }, 'data.allowed_mentions', MENTIONS],
  ['an update without it', 'interaction-callback', { type: 7, data: {} }, 'data.allowed_mentions', MENTIONS],
  ['a forum post without it', 'thread-create', { name: 'x', message: {} }, 'message.allowed_mentions', MENTIONS],
  ['everyone parsed', C, { allowed_mentions: { parse: ['everyone'] } }, 'allowed_mentions.parse', MENTIONS],
  ['parse left open', C, { allowed_mentions: {} }, 'allowed_mentions.parse', MENTIONS],
  ['a person mentioned', C, { allowed_mentions: { parse: [], users: ['1'] } }, 'allowed_mentions', MENTIONS],
  ['a CDN address', C, { ...NONE, content: 'https://CDN.midjourney.com/a' }, 'content', 'OWN_MIDJOURNEY_ADDRESS'],
  ['a job address', C, aV2(aText('midjourney.com/jobs/1')), 'components.0.content', 'OWN_MIDJOURNEY_ADDRESS'],
  ['an authorization header', C, { ...NONE, content: 'Bearer abc' }, 'content', 'OWN_TOKEN'],
  ['half a character', C, { ...NONE, content: 'a \uD83E' }, 'content', 'OWN_HALF_CHARACTER'],
  ['an API token', C, { ...NONE, content: 'user:12345-abcdef' }, 'content', 'OWN_TOKEN'],
  ['a leak in a modal', 'interaction-callback', aModal({ title: 'user:1-abcdef' }), 'data.title', 'OWN_TOKEN'],
  ['a leak in a command', 'commands', [aCommand({ description: 'Bearer x' })], '0.description', 'OWN_TOKEN'],
  ['a file name with a space', C, NONE, 'files.0', 'OWN_FILE_NAME', [aFile({ name: 'a b.webp' })]],
  ['two files of one name', C, NONE, 'files.1', 'OWN_FILE_NAME_TWICE', [aFile(), aFile({ id: 1 })]],
  ['a file that no component shows', C, aV2(aText()), 'files.0', 'OWN_FILE_NOT_SHOWN', [aFile()]],
  [
    'labels that make the text too long',
    C,
    aV2(aText('x'.repeat(3900)), ...many(2, (n) => aRow(aButton({ label: 'x'.repeat(80), custom_id: `${n}` })))),
    'components',
    'OWN_TEXT_TOO_LONG',
  ],
];

describe('checkByRules', () => {
  it('fails at half a character, wherever it stands, as Discord does', () => {
    const route = 'POST /channels/{channel_id}/messages';

    expect(checkByRules(route, aV2(aRow(aButton({ custom_id: 'x\uD83E' }))), [])).toMatchObject({ status: 500 });
    expect(checkByRules(route, aV2(aRow(aButton({ label: '🦊' }))), [])).toBeNull();
  });
});

describe('checkOwnRules', () => {
  it.each(REFUSED.map(([rule, kind, body, path, code, files]) => ({ rule, kind, body, path, code, files })))(
    'refuses $rule, and for nothing else',
    (refused) => {
      const problems = checkOwnRules(refused.kind, refused.body, refused.files);

      expect(problems.map((problem) => [problem.path, problem.code])).toEqual([[refused.path, refused.code]]);
    },
  );

  it('refuses a Discord token', () => {
    const token = ['MTIzNDU2Nzg5MDEyMzQ1Njc4', 'GabcdE', 'x'.repeat(38)].join('.');

    const problems = checkOwnRules(C, { ...NONE, content: token });

    expect(problems.map((problem) => problem.code)).toEqual(['OWN_TOKEN']);
  });

  it.each([
    [C, aCard(), CARD_FILES],
    [C, { content: '<@&1>', allowed_mentions: { parse: [], roles: ['1'] } }, []],
    ['interaction-callback', { type: 5, data: { flags: 64 } }, []],
    ['thread-edit', { archived: false }, []],
  ] as const)('accepts a proper %s', (kind, body, files) => {
    expect(checkOwnRules(kind, body, files)).toEqual([]);
  });
});
