import { z } from 'zod';
import { hideEmails } from '../../shared/text.ts';

/** A field of the wrong type counts as missing, and so does an empty text. */
export const text = z
  .string()
  .optional()
  .catch(undefined)
  .transform((value) => (value === undefined || value.trim() === '' ? undefined : value));
export const number = z.number().optional().catch(undefined);
/** A date as text, in epoch milliseconds. */
export const time = text.transform((value) => {
  const at = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
});

/** What the service says, without the addresses of accounts. */
export function withoutEmails(says: string | undefined): string | undefined {
  return says === undefined ? undefined : hideEmails(says);
}
