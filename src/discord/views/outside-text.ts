import { escapeAndCut, toOneLine } from '../../shared/text.ts';

const PRIVATE_LINK =
  /<?(?:https?:(?:\/\/)?|https?%3a%2f%2f)?(?:[\w-]+\.)*midjourney\.com(?::\d+)?(?:\/|%2f)[^\s<>]*>?/gi;

/** Takes out links that lead to the account behind a job. */
export function stripPrivateLinks(text: string): string {
  return text.replace(PRIVATE_LINK, '(link removed)');
}

/** Text from outside for a line of a message: links to the account out, formatting escaped, cut to `max`. */
export function toSafeLine(text: string, max: number): string {
  return escapeAndCut(toOneLine(stripPrivateLinks(text)), max);
}

/** Text from outside for plain places (labels, alt texts, option descriptions), where nothing is formatted. */
export function toPlainLine(text: string): string {
  return toOneLine(stripPrivateLinks(text));
}

/** Text from outside that keeps its lines, cut to `max`. */
export function toSafeBlock(text: string, max: number): string {
  const lines = stripPrivateLinks(text)
    .split(/\r\n|\r|\n/)
    .map(toOneLine);
  const kept = lines.filter((line, at) => line !== '' || lines[at - 1] !== '');
  return escapeAndCut(kept.join('\n'), max);
}
