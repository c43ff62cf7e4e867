import type { ExistingMessage, PayloadFile, PayloadKind } from '../../../sandbox/discord/rules/payload-rules.ts';

/**
 * Builders of bodies for the payload rules: each gives something that Discord accepts, with the given fields on top.
 */
export type Body = Readonly<Record<string, unknown>>;

export const V2 = 1 << 15;
export const EPHEMERAL = 1 << 6;

export const aText = (content = 'Hello'): Body => ({ type: 10, content });
export const aButton = (over: Body = {}): Body => ({
  type: 2,
  style: 2,
  label: 'Refresh',
  custom_id: 'refresh',
  ...over,
});
export const aLink = (over: Body = {}): Body => ({
  type: 2,
  style: 5,
  label: 'Open',
  url: 'https://example.org/',
  ...over,
});
export const aRow = (...components: Body[]): Body => ({ type: 1, components });
export const anOption = (value: string, over: Body = {}): Body => ({ label: `Job ${value}`, value, ...over });
export const aSelect = (over: Body = {}): Body => ({ type: 3, custom_id: 'open', options: [anOption('a')], ...over });
export const aThumbnail = (url = 'attachment://grid.webp'): Body => ({ type: 11, media: { url } });
export const aSection = (over: Body = {}): Body => ({
  type: 9,
  components: [aText('One')],
  accessory: aButton({ custom_id: 'accessory' }),
  ...over,
});
export const aGallery = (...urls: string[]): Body => ({ type: 12, items: urls.map((url) => ({ media: { url } })) });
export const aFileComponent = (url = 'attachment://grid.webp'): Body => ({ type: 13, file: { url } });
export const aContainer = (...components: Body[]): Body => ({ type: 17, accent_color: 0x57f287, components });
export const aV2 = (...components: Body[]): Body => ({ flags: V2, allowed_mentions: { parse: [] }, components });
export const aFile = (over: Partial<PayloadFile> = {}): PayloadFile => ({
  id: 0,
  name: 'grid.webp',
  size: 1000,
  ...over,
});
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** A card as the bot sends one: header with picture, gallery, file, buttons, select, footer. */
export function aCard(over: Body = {}): Body {
  return {
    ...aV2(
      aContainer(
        aSection({
          components: [aText('## Imagine `ab12cd34`'), aText('> a red boat'), aText('**31%**')],
          accessory: aThumbnail(),
        }),
        { type: 14, divider: true, spacing: 1 },
        aGallery('attachment://grid.webp', 'https://example.org/a.png'),
        aFileComponent('attachment://clip.mp4'),
        aRow(...many(5, (n) => aButton({ label: `U${n}`, custom_id: `u${n}`, disabled: n === 4 }))),
        aRow(aSelect({ options: many(25, (n) => anOption(`${n}`)) })),
        aRow(aButton({ custom_id: 'emoji', label: undefined, emoji: { name: '🔄' } }), aLink()),
        aText('-# Updated <t:1700000000:R>'),
      ),
    ),
    attachments: [
      { id: '0', filename: 'grid.webp', description: 'The grid' },
      { id: '1', filename: 'clip.mp4' },
    ],
    ...over,
  };
}

export const CARD_FILES: readonly PayloadFile[] = [aFile(), aFile({ id: 1, name: 'clip.mp4' })];

export const aCommand = (over: Body = {}): Body => ({ name: 'job', description: 'Shows a job', type: 1, ...over });
export const aStringOption = (over: Body = {}): Body => ({ type: 3, name: 'job', description: 'Which one', ...over });
export const aTextInput = (over: Body = {}): Body => ({ type: 4, custom_id: 'reason', style: 1, ...over });
export const aLabel = (component: Body = aTextInput(), over: Body = {}): Body => ({
  type: 18,
  label: 'Reason',
  component,
  ...over,
});
export const aModal = (over: Body = {}): Body => ({
  type: 9,
  data: { custom_id: 'modal', title: 'Imagine', components: [aLabel()], ...over },
});

/** Files and the edited message, where a case needs them. */
export interface Extra {
  readonly files?: readonly PayloadFile[];
  readonly existing?: ExistingMessage;
}
/** A body that breaks one rule, and where the problem must be reported. */
export type Refused = readonly [
  rule: string,
  kind: PayloadKind,
  body: unknown,
  path: string,
  code: string,
  extra?: Extra,
];
export type Accepted = readonly [what: string, kind: PayloadKind, body: unknown, extra?: Extra];

export const toCase = ([rule, kind, body, path, code, extra]: Refused) => ({ rule, kind, body, path, code, ...extra });
