import { describe, expect, it } from 'vitest';
import { foldText, hasWords, toWords } from '../../src/shared/fold-text.ts';

describe('foldText', () => {
  it.each([
    ['ÉCLAIR', 'eclair', 'case and accents'],
    ['Straße', 'STRASSE', 'sharp s'],
    ['ﬁne', 'fine', 'ligatures'],
    ['ｄｒａｇｏｎ', 'dragon', 'full width'],
    ['𝐝𝐫𝐚𝐠𝐨𝐧', 'dragon', 'mathematical letters'],
    ['d\u200br\u2060a\u00adg\ufeffon', 'dragon', 'invisible characters'],
    ['İstanbul', 'istanbul', 'a dotted capital I'],
    ['ΟΔΟΣ', 'οδοσ', 'final sigma'],
    ['Ørsted Łódź', 'orsted lodz', 'letters with a stroke'],
    ['d\u0336r\u0336agon', 'dragon', 'strikethrough marks'],
    ['مُحَمَّد', 'محمد', 'vowel points'],
  ])('reads %s as %s: %s', (left, right) => {
    expect(foldText(left)).toBe(foldText(right));
  });

  it.each([
    ['कि', 'का', 'Indic vowels'],
    ['が', 'か', 'Japanese voicing'],
  ])('keeps %s and %s apart: %s', (left, right) => {
    expect(foldText(left)).not.toBe(foldText(right));
  });

  it('changes nothing when done twice', () => {
    const once = foldText('İSTANBUL Straße ﬁ Ǆ ΐ Å');

    expect(foldText(once)).toBe(once);
  });
});

describe('toWords', () => {
  it('splits at everything that is no letter or digit', () => {
    expect(toWords("A red-dragon, isn't_it? --ar 16:9")).toEqual([
      'a',
      'red',
      'dragon',
      'isn',
      't',
      'it',
      'ar',
      '16',
      '9',
    ]);
  });

  it('takes each character of a script without spaces as a word', () => {
    expect(toWords('黒い猫 cat')).toEqual(['黒', 'い', '猫', 'cat']);
  });
});

describe('hasWords', () => {
  it.each([
    [['red', 'dragon'], true],
    [['dragon', 'red'], false],
    [['dragon', 'red', 'cat'], false],
    [['cat'], false],
    [[], false],
  ])('looks for %j in a row', (sought, expected) => {
    expect(hasWords(['red', 'red', 'dragon'], sought)).toBe(expected);
  });
});
