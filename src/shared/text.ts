/** At most `max` UTF-16 units, an ellipsis included; never half a character. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 1) return '…'.slice(0, max);
  const kept = text.slice(0, max - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…`;
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
  const cut = cutText(escaped, max).slice(0, -1);
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

/** Bytes as people read them: `812 KB`, `3.1 MB`. */
export function toByteText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
