const UNICODE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?|[0-9#*]\uFE0F?\u20E3)$/v;
const CUSTOM_EMOJI = /^(?:a:)?(\w{2,32}):(\d{17,19})$/;

/** An emoji as messages and reactions carry it; `id` is null for one of Unicode. */
export interface PartialEmoji {
  readonly id: string | null;
  readonly name: string;
  readonly animated?: boolean;
}

export function isUnicodeEmoji(text: string): boolean {
  return UNICODE_EMOJI.test(text);
}

/** The id in `name:id` or `a:name:id`; `undefined` for anything else. */
export function toCustomEmojiId(text: string): string | undefined {
  return CUSTOM_EMOJI.exec(text)?.[2];
}

export function isSameEmoji(one: PartialEmoji, other: PartialEmoji): boolean {
  return one.id === null ? other.id === null && one.name === other.name : one.id === other.id;
}
