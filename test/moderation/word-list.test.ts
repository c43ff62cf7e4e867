import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findListedWord, type ListedWord, withListedWord, withoutListedWord } from '../../src/moderation/word-list.ts';

// biome-ignore-start lint/suspicious/noThenProperty: named after the option of the command; never awaited.
const review: ListedWord = { word: 'Blood', then: 'review' };
const refuse: ListedWord = { word: 'Café Noir', then: 'refuse' };
// biome-ignore-end lint/suspicious/noThenProperty: named after the option of the command; never awaited.
const list = [review, refuse];

describe('findListedWord', () => {
  it.each([
    ['a blood moon', review],
    ['BLOOD!', review],
    ['b\u200bl\u200boo\u00add', review],
    ['ｂｌｏｏｄ', review],
    ['blóód', review],
    ['a CAFE\u0301   noir', refuse],
    ['cafe-noir', refuse],
    ['blood in the café noir', refuse],
    ['bloody', undefined],
    ['cafe au noir', undefined],
    ['noir cafe', undefined],
    ['', undefined],
  ])('in %j', (prompt, expected) => {
    expect(findListedWord(list, prompt)).toBe(expected);
  });

  it('finds a word however it is disguised with case, accents and invisible characters', () => {
    const disguise = fc.constantFrom('\u200b', '\u00ad', '\u0301', '\ufe0f', '');
    fc.assert(
      fc.property(fc.array(disguise, { minLength: 5, maxLength: 5 }), fc.boolean(), (marks, isUpper) => {
        const hidden = [...'blood'].map((letter, index) => letter + marks[index]).join('');

        expect(findListedWord(list, `x ${isUpper ? hidden.toUpperCase() : hidden} y`)).toBe(review);
      }),
    );
  });
});

describe('withListedWord', () => {
  it('takes the place of a word that reads the same', () => {
    const added = { ...refuse, word: 'BLÓOD' };

    expect(withListedWord(list, added)).toEqual([refuse, added]);
  });

  it('is the same list where a word that reads the same is treated so already', () => {
    expect(withListedWord([refuse], { ...refuse, word: refuse.word.toUpperCase() })).toEqual([refuse]);
  });

  it('refuses what has no letter or digit', () => {
    expect(() => withListedWord([], { ...refuse, word: ' !\u200b' })).toThrow('at least one letter');
  });
});

describe('withoutListedWord', () => {
  it('removes a word however it is written', () => {
    expect(withoutListedWord(list, 'cafe noir')).toEqual([review]);
  });
});
