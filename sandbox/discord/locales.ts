import { AvailableLocalesEnumSchema } from 'discord-api-spec/zod';

/** The language of whoever has chosen none. */
export const DEFAULT_LOCALE = 'en-US';

/** What Discord looks for where a dictionary lacks the language asked for. */
const FALLBACKS: Readonly<Record<string, string>> = { 'en-US': 'en-GB', 'en-GB': 'en-US', 'es-419': 'es-ES' };

/** All languages that Discord's client can be used in. */
export const LOCALES: readonly string[] = [
  ...['ar', 'bg', 'cs', 'da', 'de', 'el', 'en-GB', 'en-US', 'es-419', 'es-ES', 'fi', 'fr', 'he', 'hi', 'hr', 'hu'],
  ...['id', 'it', 'ja', 'ko', 'lt', 'nl', 'no', 'pl', 'pt-BR', 'ro', 'ru', 'sv-SE', 'th', 'tr', 'uk', 'vi', 'zh-CN'],
  'zh-TW',
];

/** Whether Discord has such a language: `de`, `en-US`. */
export function isLocale(locale: string): boolean {
  return AvailableLocalesEnumSchema.safeParse(locale).success;
}

/** The text of a dictionary in a language or its fallback; `undefined` where there is none. */
export function pickText(texts: Readonly<Record<string, unknown>>, locale: string): string | undefined {
  const found = texts[locale] ?? texts[FALLBACKS[locale] ?? ''];
  return typeof found === 'string' ? found : undefined;
}

/** The first language that `Accept-Language` names and Discord has. */
export function toAcceptedLocale(header: string): string | undefined {
  const tags = header.split(',').map((entry) => entry.split(';')[0]?.trim() ?? '');
  return tags.find(isLocale);
}
