import { type JsonObject, toObject, toObjects } from '../json.ts';
import { DEFAULT_LOCALE, isLocale, pickText, toAcceptedLocale } from '../locales.ts';

const FIELDS = ['name', 'description'] as const;

/** The language of a request: its header for it, then what a browser sends, then the bot's own. */
export function toRequestLocale(headers: Headers): string {
  const wanted = headers.get('x-discord-locale') ?? '';
  if (isLocale(wanted)) return wanted;
  return toAcceptedLocale(headers.get('accept-language') ?? '') ?? DEFAULT_LOCALE;
}

/** A command, option or choice as lists give it: no dictionaries, but the texts of one language where there are any. */
export function toLocalized(part: JsonObject, locale: string): JsonObject {
  const { name_localizations: _names, description_localizations: _descriptions, ...plain } = part;
  const texts = FIELDS.flatMap((field) => {
    const text = pickText(toObject(part[`${field}_localizations`]), locale);
    return text === undefined ? [] : [[`${field}_localized`, text]];
  });
  const lists = ['options', 'choices'].flatMap((key) => {
    return part[key] === undefined ? [] : [[key, toObjects(part[key]).map((inner) => toLocalized(inner, locale))]];
  });
  return { ...plain, ...Object.fromEntries([...texts, ...lists]) };
}
