import { z } from 'zod';
import { UserError } from '../shared/errors.ts';
import { hasWords, toWords } from '../shared/fold-text.ts';
import { moderationProblemWords } from './words.ts';

/**
 * A word, or several in a row, that a server does not let pass: its prompt is refused, or its result held for review.
 */
export const ListedWord = z.object({
  /** As it was typed. */
  word: z.string().min(1).max(100),
  // biome-ignore lint/suspicious/noThenProperty: named after the option of the command; never awaited.
  then: z.enum(['refuse', 'review']),
});
export type ListedWord = z.infer<typeof ListedWord>;

/**
 * The listed word that a prompt holds as whole words, however it is written; one that refuses comes before one
 * that asks for review.
 */
export function findListedWord(list: readonly ListedWord[], prompt: string): ListedWord | undefined {
  const words = toWords(prompt);
  const isIn = ({ word }: ListedWord) => hasWords(words, toWords(word));
  const strictest = list.filter(({ then }) => then === 'refuse').find(isIn);
  return strictest ?? list.filter(({ then }) => then === 'review').find(isIn);
}

/**
 * The list with this word added, in place of one that reads the same; the same list where nothing changes by that.
 * Throws a `UserError` when there is nothing to compare with.
 */
export function withListedWord(list: readonly ListedWord[], added: ListedWord): readonly ListedWord[] {
  if (toWordKey(added.word) === '') {
    throw new UserError('word-empty', moderationProblemWords.emptyWord);
  }
  const known = list.find((listed) => toWordKey(listed.word) === toWordKey(added.word));
  return known?.then === added.then ? list : [...withoutListedWord(list, added.word), added];
}

/** The list without the word that reads the same as this one. */
export function withoutListedWord(list: readonly ListedWord[], word: string): readonly ListedWord[] {
  return list.filter((listed) => toWordKey(listed.word) !== toWordKey(word));
}

/** Equal for words that read the same. */
export function toWordKey(word: string): string {
  return toWords(word).join(' ');
}
