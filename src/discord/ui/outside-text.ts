import { cutText, escapeAndCut, toOneLine } from '../../shared/text.ts';
import { isPrivateWord, stripPrivateWord } from './private-links.ts';

/** More than any message shows; what is longer is not even looked at. */
const MAX_READ = 20_000;
/** A zero-width no-break space counts as white space in patterns, but people see one word. */
const WORDS = /[\S\uFEFF]+/g;

/** Takes out links that lead to the account behind a job, however they are spelt, each up to the next white space. */
function stripPrivateLinks(text: string): string {
  if (!isPrivateWord(text)) return text;
  return text.replace(WORDS, stripPrivateWord);
}

/** Text from outside for a line of a message: links to the account out, formatting escaped, cut to `max`. */
export function toSafeLine(text: string, max: number): string {
  return escapeAndCut(toPlainLine(text), max);
}

/** Text from outside for plain places (labels, alt texts, option descriptions), where nothing is formatted. */
export function toPlainLine(text: string): string {
  return toOneLine(readOutside(text));
}

/** Text from outside that keeps its lines, cut to `max`. */
export function toSafeBlock(text: string, max: number): string {
  const lines = readOutside(text)
    .split(/\r\n|\r|\n/)
    .map(toOneLine);
  const kept = lines.filter((line, at) => line !== '' || lines[at - 1] !== '');
  return escapeAndCut(kept.join('\n'), max);
}

/** Well formed whatever was stored, links to the account out. */
function readOutside(text: string): string {
  return stripPrivateLinks(cutText(text.toWellFormed(), MAX_READ));
}
