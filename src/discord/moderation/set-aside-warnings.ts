import { setAsideWords } from './words.ts';

/** A document of the store that could not be read; its collection, and when it was set aside in epoch milliseconds. */
export interface SetAsideNote {
  readonly collection: string;
  readonly at: number;
}

/** What is to be done, by collection. */
const LINES: Readonly<Record<string, (at: number) => string>> = {
  'guild-settings': setAsideWords['guild-settings'],
  rules: setAsideWords.rules,
  reviews: setAsideWords.reviews,
  log: setAsideWords.log,
  'quota-days': setAsideWords['quota-days'],
};

/** One line for each kind of thing that could not be read, the newest of each. */
export function toSetAsideWarnings(notes: readonly SetAsideNote[]): string[] {
  const newest = new Map(notes.map(({ collection, at }) => [LINES[collection] === undefined ? '' : collection, at]));
  return [...newest].map(([collection, at]) => {
    const count = notes.filter((note) => LINES[note.collection] === undefined).length;
    return LINES[collection]?.(at) ?? setAsideWords.others(at, count);
  });
}
