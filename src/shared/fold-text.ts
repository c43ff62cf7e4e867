/** Letters that Unicode does not take apart although people read them as a plain letter with a mark. */
const PLAIN = new Map([
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ħ', 'h'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ς', 'σ'],
]);
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Accents and vowel points; not the marks that make another letter, as in Indic scripts and Japanese. */
const MARKS =
  /(?=\p{M})(?![\u3099\u309a])[\p{Script=Inherited}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]/gu;
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');

/** Text for comparison: compatibility forms, case and accents folded, invisible characters removed. */
export function foldText(text: string): string {
  const apart = text.normalize('NFKC').replace(INVISIBLE, '').normalize('NFKD');
  const folded = apart.toUpperCase().toLowerCase().normalize('NFKD').replace(MARKS, '');
  return folded.replace(/[øłđħæœς]/gu, (letter) => PLAIN.get(letter) ?? letter).normalize('NFC');
}

/** The folded words of a text, without punctuation; in scripts without spaces every character is one. */
export function toWords(text: string): readonly string[] {
  return foldText(text).match(WORD) ?? [];
}

/** Whether `sought` occurs in `words` as whole words in a row. */
export function hasWords(words: readonly string[], sought: readonly string[]): boolean {
  const [first] = sought;
  if (first === undefined) return false;
  for (let at = words.indexOf(first); at !== -1; at = words.indexOf(first, at + 1)) {
    if (sought.every((word, offset) => words[at + offset] === word)) return true;
  }
  return false;
}
