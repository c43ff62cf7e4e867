import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutButtons } from '../../../src/discord/cards/button-rows.ts';

const UPSCALE = [
  ...['Upscale (Subtle)', 'Upscale (Creative)', 'Vary (Subtle)', 'Vary (Strong)', 'Vary (Region)'],
  ...['Zoom Out 2x', 'Zoom Out 1.5x', 'Custom Zoom', 'Make Square'],
  ...['Animate (High motion)', 'Animate (Low motion)', '⬅️', '➡️', '⬆️', '⬇️'],
];

describe('a job’s buttons', () => {
  it('stand in Midjourney’s rows', () => {
    expect(layOutButtons(['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4'], 23).rows).toEqual([
      ['U1', 'U2', 'U3', 'U4', '🔄'],
      ['V1', 'V2', 'V3', 'V4'],
    ]);
    expect(layOutButtons(['Never Seen', ...UPSCALE], 23).rows).toEqual([
      ['Upscale (Subtle)', 'Upscale (Creative)'],
      ['Vary (Subtle)', 'Vary (Strong)', 'Vary (Region)'],
      ['Zoom Out 2x', 'Zoom Out 1.5x', 'Custom Zoom', 'Make Square'],
      ['⬅️', '➡️', '⬆️', '⬇️'],
      ['Animate (High motion)', 'Animate (Low motion)'],
      ['Never Seen'],
    ]);
  });

  it('stand each in one place, five to a row, within the components that are left for them', () => {
    const label = fc.oneof(fc.constantFrom(...UPSCALE, 'U1', 'V1', '🔄'), fc.string({ minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(fc.uniqueArray(label, { maxLength: 120 }), fc.integer({ min: 8, max: 30 }), (labels, budget) => {
        const { rows, selects, leftOut } = layOutButtons(labels, budget);
        const cost = rows.reduce((sum, row) => sum + row.length + 1, selects.length * 2);

        expect(cost).toBeLessThanOrEqual(budget);
        expect([...rows.flat(), ...selects.flat()].length + leftOut).toBe(labels.length);
        expect(new Set([...rows.flat(), ...selects.flat()]).size + leftOut).toBe(labels.length);
        expect(rows.every((row) => row.length > 0 && row.length <= 5)).toBe(true);
        expect(selects.every((select) => select.length > 0 && select.length <= 25)).toBe(true);
        expect(selects.length === 3 || leftOut === 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
