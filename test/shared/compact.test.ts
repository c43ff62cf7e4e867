import { describe, expect, expectTypeOf, it } from 'vitest';
import { compact } from '../../src/shared/compact.ts';

describe('compact', () => {
  it('drops what is undefined and nothing else', () => {
    const full = { zero: 0, empty: '', no: false, nothing: null, gone: undefined };

    expect(Object.keys(compact(full))).toEqual(['zero', 'empty', 'no', 'nothing']);
  });

  it('is typed with such fields missing', () => {
    const record = compact({ name: 'a', size: 1 as number | undefined });

    expectTypeOf(record.name).toEqualTypeOf<string>();
    const exact: { readonly name: string; readonly size?: number } = record;
    expect(exact).toEqual({ name: 'a', size: 1 });
  });
});
