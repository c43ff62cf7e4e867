import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../../sandbox/page/client/media-view.ts';
import { formatTime } from '../../../sandbox/page/client/timestamps.ts';

const NOW_MS = 1_700_000_000_000;
const NOW = 1_700_000_000;

describe('formatTime', () => {
  it.each([
    [NOW, '0 seconds ago'],
    [NOW - 1, '1 second ago'],
    [NOW - 59, '59 seconds ago'],
    [NOW - 60, '1 minute ago'],
    [NOW - 119, '1 minute ago'],
    [NOW - 7200, '2 hours ago'],
    [NOW + 30, 'in 30 seconds'],
    [NOW + 86_400 * 40, 'in 1 month'],
  ])('says of %d: %s', (seconds, expected) => {
    expect(formatTime(seconds, 'R', NOW_MS)).toBe(expected);
  });

  it('shows a date for the other styles, and for an unknown one the usual', () => {
    const texts = ['D', 'f', '?'].map((style) => formatTime(NOW, style, NOW_MS));

    expect(texts[0]).toBe('November 14, 2023');
    expect(texts[1]).toMatch(/^November 1[45], 2023/);
    expect(texts[2]).toBe(texts[1]);
  });

  it('does not break on a time beyond all dates', () => {
    expect(formatTime(9_999_999_999_999, 'f', NOW_MS)).toBe('Invalid date');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.00 KB'],
    [12_345, '12.06 KB'],
    [10 * 2 ** 20, '10.00 MB'],
  ])('writes %d as %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});
