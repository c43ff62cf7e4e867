import type { ListedWord } from '../../src/moderation/word-list.ts';

export function aListedWord(word: string, outcome: ListedWord['then']): ListedWord {
  // biome-ignore lint/suspicious/noThenProperty: named after the option of the command; never awaited.
  return { word, then: outcome };
}
