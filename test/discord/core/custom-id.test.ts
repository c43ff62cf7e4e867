import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCustomId, parseCustomId } from '../../../src/discord/core/custom-id.ts';
import { toLabelHash } from '../../../src/jobs/label-hash.ts';

const word = fc.stringMatching(/^[a-z0-9-]{1,20}$/);

describe('custom ids', () => {
  it('are read back as they were made, within 100 characters', () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 3 }), (name, texts) => {
        const customId = encodeCustomId(name, ...texts);

        expect(customId.length).toBeLessThanOrEqual(100);
        expect(parseCustomId(customId)).toEqual({ name, texts });
      }),
    );
  });

  it('refuse what could not be read back', () => {
    expect(() => encodeCustomId('press', 'a:b')).toThrow('cannot be encoded');
    expect(() => encodeCustomId('press', 'x'.repeat(100))).toThrow('cannot be encoded');
  });

  it('stand for a label whatever its place and length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (label) => {
        expect(toLabelHash(label)).toMatch(/^[A-Za-z0-9]{10}$/);
      }),
    );
    expect(toLabelHash('U1')).not.toBe(toLabelHash('U2'));
  });
});
