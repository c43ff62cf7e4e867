import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';
import { cutText } from '../../shared/text.ts';
import { notificationProblemWords } from '../words.ts';

/** A daily stretch of time in a time zone; it may go over midnight. */
export const QuietHours = z.object({
  /** Minutes after midnight, 0 to 1439; the first quiet one. */
  fromMinute: z.number().int().min(0).max(1439),
  /** Minutes after midnight, 0 to 1439; the first loud one. */
  toMinute: z.number().int().min(0).max(1439),
  /** An IANA name or an offset, known to Node. */
  timeZone: z.string(),
});
export type QuietHours = z.infer<typeof QuietHours>;

const PATTERN = /^(?<from>\S+?)\s*[-–—]\s*(?<to>\S+)\s+(?<zone>\S+)$/u;
const TIME = /^(?<hour>\d{1,2})(?::(?<minute>\d{2}))?$/u;

/** One per time zone: making one takes far longer than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATTERS = 1000;

/** Reads `22-07 Europe/Berlin`. Throws a `UserError` that says which part is wrong. */
export function parseQuietHours(text: string): QuietHours {
  const groups = PATTERN.exec(text.trim())?.groups;
  if (groups === undefined) throw toFormError(text);
  const fromMinute = parseMinute(groups['from'] ?? '');
  const toMinute = parseMinute(groups['to'] ?? '');
  if (fromMinute === toMinute) {
    throw new UserError('quiet-empty', notificationProblemWords.quietEmpty);
  }
  return { fromMinute, toMinute, timeZone: parseTimeZone(groups['zone'] ?? '') };
}

/** Quiet hours as they are typed: `22:30-07:00 Europe/Berlin`. */
export function formatQuietHours(quiet: QuietHours): string {
  return `${formatMinute(quiet.fromMinute)}-${formatMinute(quiet.toMinute)} ${quiet.timeZone}`;
}

/** Whether `at` (epoch milliseconds) is quiet by the clocks on the walls of the time zone. */
export function isQuiet(quiet: QuietHours, at: number): boolean {
  const minute = toLocalMinute(quiet.timeZone, at);
  const isAfterStart = minute >= quiet.fromMinute;
  const isBeforeEnd = minute < quiet.toMinute;
  return quiet.fromMinute < quiet.toMinute ? isAfterStart && isBeforeEnd : isAfterStart || isBeforeEnd;
}

function toFormError(text: string): UserError {
  const isZoneMissing = /^[\d:]+\s*[-–—]\s*[\d:]+$/u.test(text.trim());
  if (isZoneMissing) return new UserError('quiet-zone-missing', notificationProblemWords.quietZoneMissing);
  return new UserError('quiet-form', notificationProblemWords.quietForm);
}

function parseMinute(text: string): number {
  const groups = TIME.exec(text)?.groups;
  const hour = Number(groups?.['hour'] ?? Number.NaN);
  const minute = Number(groups?.['minute'] ?? 0);
  const isTime = (hour < 24 && minute < 60) || (hour === 24 && minute === 0);
  if (!isTime) throw new UserError('quiet-time', notificationProblemWords.quietTime(cutText(text, 20)));
  return (hour % 24) * 60 + minute;
}

function parseTimeZone(name: string): string {
  try {
    const known = createFormatter(name).resolvedOptions().timeZone;
    return known.toLowerCase() === name.toLowerCase() ? known : name;
  } catch {
    throw new UserError('quiet-zone', notificationProblemWords.quietZone(cutText(name, 40)));
  }
}

function toLocalMinute(timeZone: string, at: number): number {
  let hour = 0;
  let minute = 0;
  for (const part of toFormatter(timeZone).formatToParts(at)) {
    if (part.type === 'hour') hour = Number(part.value);
    if (part.type === 'minute') minute = Number(part.value);
  }
  return hour * 60 + minute;
}

function toFormatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  const formatter = createFormatter(timeZone);
  formatters.set(timeZone, formatter);
  return formatter;
}

function createFormatter(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

function formatMinute(minute: number): string {
  const pad = (part: number) => String(part).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}
