import { uiWords } from './words.ts';

/** Where the links lead that reveal the account behind a job. */
const DOMAIN = 'midjourney.com';
const REMOVED = uiWords.linkRemoved;
/** A link in a link in a link: as often may an address be encoded and still be found. */
const MAX_ROUNDS = 4;
/** What nobody sees, and so may stand inside of an address; white space is no part of one. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}|(?!\s)\p{Cc}/gu;
const SCHEME = /<?https?:(?:\/\/)?$|<$/i;
const MAX_SCHEME = '<https://'.length;

/** Whether a text without white space holds an address of the account, in whatever spelling; every step is linear. */
export function isPrivateWord(text: string): boolean {
  let seen = fold(text);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (seen.replaceAll('\\', '').includes(DOMAIN)) return true;
    const decoded = fold(decode(seen));
    if (decoded === seen) return false;
    seen = decoded;
  }
  return seen.replaceAll('\\', '').includes(DOMAIN);
}

/**
 * A word without its private address: what stands before a plainly spelt one stays, an encoded one goes with its whole
 * word.
 */
export function stripPrivateWord(word: string): string {
  if (!isPrivateWord(word)) return word;
  const before = word.slice(0, findStart(word));
  return isPrivateWord(before) || /[%\\]/.test(before) ? REMOVED : `${before}${REMOVED}`;
}

/** Where the address begins, with its subdomains and scheme; 0 where it is not spelt plainly. */
function findStart(word: string): number {
  let at = Math.max(0, word.search(/midjourney\.com/i));
  while (at > 0 && /[\w.-]/.test(word.charAt(at - 1))) at -= 1;
  return at - (SCHEME.exec(word.slice(Math.max(0, at - MAX_SCHEME), at))?.[0].length ?? 0);
}

/** As a browser reads a host: compatibility forms and capitals folded, what is not seen left out. */
function fold(text: string): string {
  return text.normalize('NFKC').replace(UNSEEN, '').replaceAll('\u3002', '.').toLowerCase();
}

/** One round of decoding; `%2525…` is as good as `%25`, `\\\\u` as `\u`. */
function decode(text: string): string {
  return text
    .replace(/%(?:25)+/g, '%')
    .replace(/(?:%[0-9a-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
    .replace(/\\{2,}/g, '\\')
    .replace(/\\u([0-9a-f]{4})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
