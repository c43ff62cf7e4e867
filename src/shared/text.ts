/** Text from before a cut that is looked at to find where its last character begins. */
const CUT_REACH = 48;
/** From here on characters may join the one before. */
const FIRST_JOINING = '\u0300';
let graphemes: Intl.Segmenter | undefined;

/** At most `max` UTF-16 units, the `mark` of the cut included; never a part of what people see as one character. */
export function cutText(text: string, max: number, mark = '…'): string {
  if (text.length <= max) return text;
  if (max < mark.length) return '';
  return `${text.slice(0, toCharacterStart(text, max - mark.length)).trimEnd()}${mark}`;
}

/** Where the character at `at` begins; one that is longer than `CUT_REACH` is cut between its code points. */
function toCharacterStart(text: string, at: number): number {
  if (text.charAt(at) < FIRST_JOINING) return at;
  const start = Math.max(0, at - CUT_REACH);
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const index = graphemes.segment(text.slice(start, at + CUT_REACH)).containing(at - start)?.index ?? 0;
  if (index > 0 || start === 0) return start + index;
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at;
}

const MARKDOWN = /[\\`*_~|<>[\]()#\-:@]/g;
const NUMBERED_LINE = /^(\s*\d+)\./gm;

/** Text from outside as Discord shows it literally: no formatting, no mention, no link. */
export function escapeMarkdown(text: string): string {
  return text.replace(MARKDOWN, (sign) => `\\${sign}`).replace(NUMBERED_LINE, '$1\\.');
}

/** Escaped and cut to `max`, never in the middle of an escape. */
export function escapeAndCut(text: string, max: number): string {
  const escaped = escapeMarkdown(text);
  if (escaped.length <= max) return escaped;
  if (max < 1) return '';
  const cut = cutText(escaped, max - 1, '');
  return `${endsInEscape(cut) ? cut.slice(0, -1) : cut}…`;
}

function endsInEscape(text: string): boolean {
  const slashes = /\\+$/.exec(text)?.[0].length ?? 0;
  return slashes % 2 === 1;
}

/** One line: runs of white space and control characters become one blank. */
export function toOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** `1 job`, `2 jobs`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * Bytes as people read them, 1,024 to the KB as in Discord's client: `80 KB`, `2.5 MB`, `3 GB`. Rounded up, so that
 * what is over a limit says so.
 */
export function formatBytes(bytes: number): string {
  const kilobytes = Math.ceil(bytes / 1024);
  if (kilobytes < 1024) return `${kilobytes} KB`;
  const megabytes = Math.ceil((kilobytes / 1024) * 10) / 10;
  return megabytes < 1024 ? `${megabytes} MB` : `${Math.ceil((megabytes / 1024) * 10) / 10} GB`;
}

const EMAIL = /[^\s@:,;"'<>()]+@[^\s@:,;"'<>()]+/g;

/** The text with each e-mail address in it cut out. */
export function hideEmails(text: string): string {
  return text.replace(EMAIL, '…');
}
