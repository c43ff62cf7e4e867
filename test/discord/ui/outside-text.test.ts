import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlainLine, toSafeBlock, toSafeLine } from '../../../src/discord/ui/outside-text.ts';

const GUID = 'b4d8e1a0-5c6f-4a1b-9c2d-0123456789ab';

/** One address in the spellings in which it was seen, or in which a browser still finds it. */
const SPELLINGS = [
  `https://cdn.midjourney.com/${GUID}/0_0.png`,
  `<HTTPS://www.MidJourney.com/jobs/${GUID}>`,
  `cdn.midjourney.com/${GUID}`,
  `midjourney.com?jobId=${GUID}`,
  `midjourney.com#${GUID}`,
  `https://midjourney.com:443/${GUID}`,
  `https://cdn.midjourney.com./${GUID}`,
  `https:\\/\\/cdn.midjourney.com\\/${GUID}`,
  `{"url":"https:\\/\\/cdn\\u002emidjourney\\u002ecom\\/${GUID}"}`,
  `https://api.example/v1/proxy/?cdnUrl=https%3A%2F%2Fcdn.midjourney.com%2F${GUID}`,
  `https%253A%252F%252Fcdn%252Emidjourney%252Ecom%252F${GUID}`,
  `https%25253A%25252F%25252Fcdn%25252E%2525%36%44idjourney%25252Ecom%25252F${GUID}`,
  `https://cdn．midjourney．com/${GUID}`,
  `https://cdn。midjourney。com/${GUID}`,
  `https://cdn.midjourney%EF%BC%8Ecom/${GUID}`,
  `https://cdn.ｍｉｄｊｏｕｒｎｅｙ.com/${GUID}`,
  `https://cdn.mid\u200bjourney.c\u00adom/${GUID}`,
  `https://cdn.mid\ufeffjourney\u2060.com/\ufeff${GUID}`,
  `https://cdn.mid\u0001journey.com/\u0000${GUID}`,
  `midjourney．com/${GUID},https://midjourney.com/x`,
];

describe('text from outside', () => {
  it.each(SPELLINGS)('keeps no part of %s', (address) => {
    const text = `a cat ${address} on a mat`;

    for (const shown of [toPlainLine(text), toSafeLine(text, 4_000), toSafeBlock(text, 4_000)]) {
      expect(shown).toMatch(/^a cat .*link removed.* on a mat$/);
      expect(shown.replaceAll('\\', '')).not.toContain(GUID.slice(0, 8));
    }
  });

  it('keeps what stands before a plainly spelt address', () => {
    expect(toPlainLine('**a cat**<https://cdn.midjourney.com/x> - done')).toBe('**a cat**(link removed) - done');
    expect(toPlainLine('猫https://midjourney.com/jobs/x')).toBe('猫(link removed)');
  });

  it.each(['100% cotton \\o/ a.b.c', 'https://example.org/?q=a%20b%25', 'mid journey. com', 'İ ﬁ ｆｕｌｌ'])(
    'leaves %j as it is',
    (text) => {
      expect(toPlainLine(text)).toBe(text);
    },
  );

  it('shows no address of the account, whatever stands around it', () => {
    const odd = fc.constantFrom(
      '%',
      '%25',
      '\\',
      '\u200b',
      '\ufeff',
      '.',
      '<',
      '>',
      '/',
      '猫',
      '\u0000',
      '%2F',
      'İ',
      '"',
    );
    const piece = fc.oneof(fc.constantFrom(...SPELLINGS), odd, fc.string({ unit: 'binary', maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.constantFrom(' ', '\n', '\u00a0'), (pieces, blank) => {
        const text = pieces.join('').replaceAll('>', `>${blank}`);
        const shown = toPlainLine(text);
        const folded = shown
          .normalize('NFKC')
          .replace(/\p{Default_Ignorable_Code_Point}|\\/gu, '')
          .toLowerCase();
        expect(folded).not.toContain('midjourney.com');
        expect(decodedOnce(folded)).not.toContain('midjourney.com');
        expect(toPlainLine(shown)).toBe(shown);
      }),
    );
  });

  it.each([
    ['a host that does not end', 'a.'],
    ['escapes', '\\'],
    ['percents', '%'],
    ['encoded percents', '%25'],
    ['percents encoded again and again', '25'],
    ['schemes', 'https://'],
    ['open links', '<'],
    ['nearly the domain', 'midjourney.co'],
    ['the domain', 'midjourney.com'],
    ['wide letters', 'ｍ．'],
    ['unseen characters', '\u200b'],
    ['blanks', ' '],
  ])('reads 60 kB of %s in a moment', (_what, part) => {
    const text = `%${part.repeat(60_000 / part.length)}!`;
    toPlainLine(text);

    const { user, system } = process.threadCpuUsage();
    toSafeLine(text, 200);
    const used = process.threadCpuUsage({ user, system });

    expect((used.user + used.system) / 1_000).toBeLessThan(50);
  });
});

function decodedOnce(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}
