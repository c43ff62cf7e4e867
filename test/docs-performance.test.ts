import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measurements } from '../bench/measurements.ts';
import { replaceSection, toSection } from '../bench/report.ts';
import { toPercentile } from '../bench/statistics.ts';

const document = readFileSync('docs/performance.md', 'utf8');

describe('docs/performance.md', () => {
  it('has a filled section for each measurement and none for another', () => {
    const sections = [...document.matchAll(/<!-- bench:([\w-]+) -->\n([\s\S]*?)<!-- \/bench:\1 -->/g)];

    expect(sections.map(([, name]) => name).sort()).toEqual(measurements.map(({ name }) => name).sort());
    for (const [, , text] of sections) expect(text).toMatch(/\| --- \|[\s\S]*Measured on \d{4}-\d\d-\d\d/);
  });

  it('gets one section replaced and keeps the rest', () => {
    const before = 'a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb\n<!-- bench:y -->\ny\n<!-- /bench:y -->\n';

    const after = replaceSection(before, 'x', 'new');

    expect(after).toBe('a\n<!-- bench:x -->\nnew\n<!-- /bench:x -->\nb\n<!-- bench:y -->\ny\n<!-- /bench:y -->\n');
    expect(() => replaceSection(before, 'z', 'new')).toThrow('z');
  });

  it('shows a table with its notes and conditions below', () => {
    const section = toSection({ head: ['a', 'b'], rows: [['1', '2']], notes: ['why'] }, 'where');

    expect(section).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |\n\n- why\n- where');
  });

  it('shows several tables under one another, with their conditions once', () => {
    const table = { head: ['a'], rows: [['1']], notes: ['why'] };

    const section = toSection([table, { ...table, notes: ['how'] }], 'where');

    expect(section).toBe('| a |\n| --- |\n| 1 |\n\n- why\n\n| a |\n| --- |\n| 1 |\n\n- how\n- where');
  });
});

describe('percentiles of measured values', () => {
  it('are values that were measured, whatever the order', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);

    expect(toPercentile(values, 0.5)).toBe(100);
    expect(toPercentile(values, 0.99)).toBe(198);
    expect(toPercentile([7], 0.5)).toBe(7);
    expect(() => toPercentile([], 0.5)).toThrow(RangeError);
  });
});
