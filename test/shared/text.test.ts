import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, escapeAndCut, escapeMarkdown, formatBytes, toOneLine } from '../../src/shared/text.ts';

describe('outside text', () => {
  it('is cut to a length, never within a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, max) => {
        const cut = cutText(text, max);

        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
      }),
    );
  });

  it('is cut between what people see as characters', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(cutText(`ab${family}`, 12)).toBe('ab…');
    expect(cutText(`${family}${family}`, family.length + 5)).toBe(`${family}…`);
    expect([cutText('e\u0301e\u0301', 3), cutText('🇩🇪🇫🇷', 7), cutText('1️⃣2️⃣', 5)]).toEqual(['e\u0301…', '🇩🇪…', '1️⃣…']);
    expect([cutText('🦊🦊', 3, ''), cutText('🦊🦊', 1), cutText('🦊🦊', 0), cutText('🦊🦊', -1)]).toEqual([
      '🦊',
      '…',
      '',
      '',
    ]);
    expect(cutText(`${'\u0301'.repeat(5_000)}`, 100).length).toBe(100);
  });

  it('is cut in a moment however long and odd it is', () => {
    const texts = ['🦊'.repeat(2_000), '\u0301'.repeat(4_000), '🇩🇪'.repeat(1_000), `${'👩‍'.repeat(1_333)}a`];
    const { user, system } = process.threadCpuUsage();
    for (const text of texts) for (let n = 0; n < 100; n += 1) cutText(text, text.length - 1 - n);

    const used = process.threadCpuUsage({ user, system });

    expect((used.user + used.system) / 1_000).toBeLessThan(200);
  });

  it('is escaped so that Discord shows it literally', () => {
    expect(escapeMarkdown('**a** `b` <@1> [c](https://d) # e')).toBe(
      '\\*\\*a\\*\\* \\`b\\` \\<\\@1\\> \\[c\\]\\(https\\://d\\) \\# e',
    );
    expect(escapeMarkdown('1. one\n2. two')).toBe('1\\. one\n2\\. two');
  });

  it('is never cut within an escape', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\\', '*', 'a', '`') }),
        fc.integer({ min: 1, max: 30 }),
        (text, max) => {
          const cut = escapeAndCut(text, max);
          const slashes = /\\*$/.exec(cut.replace(/…$/, ''))?.[0].length ?? 0;

          expect(cut.length).toBeLessThanOrEqual(max);
          expect(slashes % 2).toBe(0);
        },
      ),
    );
  });

  it('becomes one line', () => {
    expect(toOneLine(' a\r\n\tb\u0000\u0007c ')).toBe('a b c');
  });

  it.each([
    [1, '1 KB'],
    [80 * 1024, '80 KB'],
    [2 ** 20 - 1, '1 MB'],
    [2.5 * 2 ** 20, '2.5 MB'],
    [10 * 2 ** 20, '10 MB'],
    [100 * 2 ** 20, '100 MB'],
    [4 * 2 ** 30, '4 GB'],
  ])('names %i bytes %s, as Discord does', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('never names what is over a limit by the limit', () => {
    expect(formatBytes(10 * 2 ** 20 + 1)).toBe('10.1 MB');
  });
});
