import { z } from 'zod';
import { parseSecretKeys, type SecretKey } from './secret-box.ts';

/** Without a slash at its end. */
export function httpUrl() {
  const expected = 'expected an http or https address without query, such as https://example.org/api';
  return z
    .url({ protocol: /^https?$/, error: expected })
    .refine((url) => !/[?#@]/.test(url), expected)
    .transform((url) => url.replace(/\/+$/, ''));
}

/** Texts between commas, at least one; `expected` says what they are. */
export function list<T extends string>(isItem: (text: string) => text is T, expected: string) {
  return z.string().transform((text, context): T[] => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const items = parts.filter(isItem);
    if (items.length === parts.length && items.length > 0) return items;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}

/** A word that stands for itself, or what the other schema reads. */
export function wordOr<W extends string, T>(word: W, other: z.ZodType<T, string>, expected: string) {
  return z.string().transform((text, context): W | T => {
    if (text.toLowerCase() === word) return word;
    const parsed = other.safeParse(text);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}

/** From `min` to `max`; `expected` says so in words. */
export function number(min: number, max: number, expected: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, `expected ${expected}`)
    .transform(Number)
    .pipe(z.number().min(min, `expected ${expected}`).max(max, `expected ${expected}`));
}

/** `name:key`, several between commas. @see parseSecretKeys */
export function secretKeys() {
  return z.string().transform((text, context): SecretKey[] => {
    const keys = parseSecretKeys(text);
    if (keys !== undefined) return keys;
    const message =
      'expected `name:key`, where the key is what `openssl rand -base64 32` prints; several between commas';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** `host` or `host:port`. */
export function isHost(text: string): text is string {
  return /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(text) && URL.canParse(`https://${text}`);
}

/** 17 to 20 digits. */
export function isGuildId(text: string): text is string {
  return /^\d{17,20}$/.test(text);
}
