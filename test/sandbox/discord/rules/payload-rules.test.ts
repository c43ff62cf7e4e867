import { describe, expect, it } from 'vitest';
import { checkPayload, toInvalidFormBody, toRefusal } from '../../../../sandbox/discord/rules/payload-rules.ts';
import {
  type Accepted,
  aButton,
  aCard,
  aCommand,
  aContainer,
  aFile,
  aGallery,
  aLabel,
  aModal,
  aRow,
  aSelect,
  aStringOption,
  aText,
  aTextInput,
  aV2,
  type Body,
  CARD_FILES,
  EPHEMERAL,
  many,
  V2,
} from '../payload-rules-bodies.ts';

const C = 'message-create';
const inRow = (...components: Body[]) => ({ components: [aRow(...components)], content: 'x' });
const KEPT = [{ id: '111111111111111111', filename: 'old.webp' }];
const CB = 'interaction-callback';
const withOptions = (...options: Body[]) => [aCommand({ options })];

const ACCEPTED: readonly Accepted[] = [
  ['a card', C, aCard(), { files: CARD_FILES }],
  ['a card with a nonce', C, aCard({ nonce: 'n'.repeat(25), enforce_nonce: true }), { files: CARD_FILES }],
  ['a card as an ephemeral answer', CB, { type: 4, data: aCard({ flags: V2 | EPHEMERAL }) }, { files: CARD_FILES }],
  [
    'a card over "thinking…"',
    'interaction-edit',
    aCard(),
    { files: CARD_FILES, existing: { flags: 192, content: '' } },
  ],
  ['a card as a follow-up', 'follow-up', aCard({ flags: V2 | EPHEMERAL }), { files: CARD_FILES }],
  ['a card as a forum post', 'thread-create', { name: 'Jobs', message: aCard() }, { files: CARD_FILES }],
  ['a card as an update', CB, { type: 7, data: aCard() }, { files: CARD_FILES, existing: { flags: V2 } }],
  [
    '40 components and 4000 characters',
    C,
    aV2(...many(2, () => aContainer(...many(19, () => aText('x'.repeat(105)))))),
  ],
  ['an edit that repeats its flags', 'message-edit', aV2(aText()), { existing: { flags: V2 | 32 } }],
  [
    'an edit that keeps a file',
    'message-edit',
    { ...aV2(aGallery('attachment://old.webp')), attachments: [{ id: '111111111111111111' }] },
    { existing: { flags: V2, attachments: KEPT } },
  ],
  [
    'V2 over content that is taken away',
    'message-edit',
    { ...aV2(aText()), content: null },
    { existing: { flags: 0, content: 'old' } },
  ],
  ['an edit of mentions only, on V2', 'message-edit', { allowed_mentions: { parse: [] } }, { existing: { flags: V2 } }],
  ['an ephemeral deferral', CB, { type: 5, data: { flags: EPHEMERAL } }],
  ['a bare deferral', CB, { type: 5 }],
  ['a deferred update', CB, { type: 6 }],
  ['autocomplete without choices', CB, { type: 8, data: { choices: [] } }],
  ['numbers as choices', CB, { type: 8, data: { choices: [{ name: 'one', value: 1 }] } }],
  [
    'a modal with everything',
    CB,
    aModal({
      components: [
        { type: 10, content: 'Read this' },
        aLabel(),
        aLabel(aSelect({ custom_id: 's', min_values: 0, required: false })),
        aLabel({ type: 8, custom_id: 'c' }),
        aLabel({ type: 19, custom_id: 'f', min_values: 0, max_values: 10, required: false }),
      ],
    }),
  ],
  ['a classic modal', CB, aModal({ components: [aRow(aTextInput({ label: 'Why' }))] })],
  [
    'commands',
    'commands',
    [
      ...withOptions(
        aStringOption({
          type: 1,
          name: 'show',
          options: [aStringOption({ required: true, autocomplete: true }), aStringOption({ type: 5, name: 'public' })],
        }),
      ),
      { name: 'Show job', type: 3 },
      aCommand({ name: 'mod', default_member_permissions: '8192' }),
    ],
  ],
  ['a text thread', 'thread-create', { name: 'Jobs', type: 11 }],
  ['an un-archived thread', 'thread-edit', { archived: false }],
  ['an embed with the zone spelled out', C, { embeds: [{ title: 't', timestamp: '2026-01-01T00:00:00+00:00' }] }],
  [
    'emoji of several code points',
    C,
    inRow(...['👨‍👩‍👧', '🇩🇪', '1️⃣', '⬆️', '⬆'].map((name, n) => aButton({ custom_id: `${n}`, emoji: { name } }))),
  ],
];

describe('checkPayload', () => {
  it.each(ACCEPTED.map(([what, kind, body, extra]) => ({ what, kind, body, ...extra })))(
    'accepts $what',
    (accepted) => {
      const body = JSON.parse(JSON.stringify(accepted.body));

      const problems = checkPayload(accepted.kind, body, accepted.files, accepted.existing);

      expect(problems).toEqual([]);
    },
  );

  it('reports every problem of a body at once', () => {
    const body = { ...aV2(aText('')), content: 'x', nonce: 'n'.repeat(26) };

    const paths = checkPayload(C, body).map((problem) => problem.path);

    expect(paths.toSorted()).toEqual(['components.0.content', 'content', 'nonce']);
  });

  it.each([null, 5, 'x', [], { components: 'x' }, { components: [null, { type: 1 }] }])(
    'refuses %j without throwing',
    (body) => {
      expect(checkPayload(C, body).length).toBeGreaterThan(0);
    },
  );
});

describe('toInvalidFormBody', () => {
  it('nests problems as Discord does, several at a place in one list', () => {
    const problems = [
      { path: 'components.0.label', code: 'A', message: 'a' },
      { path: 'components.0.label', code: 'B', message: 'b' },
      { path: 'components.0', code: 'C', message: 'c' },
      { path: '', code: 'D', message: 'd' },
    ];

    const body = toInvalidFormBody(problems);

    expect(body).toEqual({
      code: 50035,
      message: 'Invalid Form Body',
      errors: {
        _errors: [{ code: 'D', message: 'd' }],
        components: {
          0: {
            _errors: [{ code: 'C', message: 'c' }],
            label: {
              _errors: [
                { code: 'A', message: 'a' },
                { code: 'B', message: 'b' },
              ],
            },
          },
        },
      },
    });
  });

  it('keeps a hostile path step to itself', () => {
    toInvalidFormBody([{ path: '__proto__.steps', code: 'A', message: 'a' }]);

    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('toRefusal', () => {
  it('answers 413 with 40005 for too much data', () => {
    const refusal = toRefusal(checkPayload(C, { content: 'x' }, [aFile({ size: 2 ** 26 })]));

    expect(refusal).toEqual({ status: 413, body: { code: 40005, message: 'Request entity too large' } });
  });

  it('answers 50006 for an empty message and 50035 for the rest', () => {
    const refusals = [toRefusal(checkPayload(C, {})), toRefusal(checkPayload(C, { nonce: 'n'.repeat(26) }))];

    expect(refusals.map((refusal) => [refusal.status, refusal.body.code])).toEqual([
      [400, 50006],
      [400, 50035],
    ]);
  });
});
