import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParsedJobid, parseJobid, versionOf } from '../../../src/backends/useapi/job-id.ts';
import { V2_ID, V3_ID } from './records.ts';

const NOW = Date.UTC(2025, 9, 23, 14, 16);
const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const snowflake = fc.stringMatching(/^\d{17,20}$/);
const user = fc.stringMatching(/^\d{1,9}$/);
const v2Id = fc.tuple(digits(17), user, snowflake).map(([t, u, c]) => `job:${t}-user:${u}-channel:${c}-bot:midjourney`);
const v3Id = fc
  .tuple(digits(19), fc.constantFrom('i', 'v', ''), user, snowflake)
  .map(([t, type, u, c]) => `j${t}${type}-u${u}-c${c}-bot:midjourney`);

describe('job ids', () => {
  it('reads the parts of a v2 id', () => {
    expect(parseJobid(V2_ID)).toEqual({
      version: 'v2',
      stamp: '20250822143812123',
      createdAt: Date.UTC(2025, 7, 22, 14, 38, 12, 123),
      user: '12345',
      apiChannel: '1122334455667788990',
      bot: 'midjourney',
    });
  });

  it('reads the parts of a v3 id, and the year only with a now', () => {
    const id = parseJobid(V3_ID, NOW);

    expect(id).toEqual({
      version: 'v3',
      stamp: '1023141520123456789',
      createdAt: Date.UTC(2025, 9, 23, 14, 15, 20, 123),
      user: '12345',
      apiChannel: '1234567890123456789',
      jobType: 'image',
      bot: 'midjourney',
    });
    expect(parseJobid(V3_ID)?.createdAt).toBeUndefined();
  });

  it.each([
    ['yesterday', '1022', Date.UTC(2025, 9, 23), 2025],
    ['the other side of new year', '1231', Date.UTC(2026, 0, 1), 2025],
    ['a little ahead of our clock', '0101', Date.UTC(2025, 11, 31, 23, 59, 59), 2026],
    ['two days ahead, so last year', '0103', Date.UTC(2025, 0, 1), 2024],
    ['a leap day', '0229', Date.UTC(2027, 5, 1), 2024],
  ])('takes a v3 id of %s for the nearest year before now', (_name, day, now, year) => {
    const id = parseJobid(`j${day}000000000000000i-u1-c2-bot:midjourney`, now);

    expect(new Date(id?.createdAt ?? 0).getUTCFullYear()).toBe(year);
  });

  it('gives no time to an id that is no date', () => {
    const id = parseJobid('j1350996161999000000-u1-c2-bot:midjourney', NOW);

    expect(id).toMatchObject({ version: 'v3', user: '1' });
    expect(id?.createdAt).toBeUndefined();
  });

  it('round-trips ids of both versions', () => {
    fc.assert(
      fc.property(fc.oneof(v2Id, v3Id), fc.integer({ min: 0, max: 4e12 }), (text, now) => {
        const id = parseJobid(text, now);
        expect(id === undefined ? undefined : joinParts(id)).toBe(text);
        expect(id).toBeDefined();
        expect(versionOf(text)).toBe(id?.version);
        expect(id?.version === 'v2' || (id?.createdAt ?? 0) <= now + 86_400_000).toBe(true);
      }),
    );
  });

  it('takes nothing else for an id', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseJobid(text)).toBeUndefined();
      }),
    );
    for (const text of ['', `${V2_ID}x y`, ` ${V3_ID}`, `${V3_ID}\n`, `job:${'1'.repeat(500)}`])
      expect(parseJobid(text)).toBeUndefined();
  });
});

function joinParts({ version, stamp, user, apiChannel, bot, jobType }: ParsedJobid): string {
  if (version === 'v2') return `job:${stamp}-user:${user}-channel:${apiChannel}-bot:${bot}`;
  const type = { image: 'i', video: 'v', none: '' }[jobType ?? 'none'];
  return `j${stamp}${type}-u${user}-c${apiChannel}-bot:${bot}`;
}
