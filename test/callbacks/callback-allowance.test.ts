import { describe, expect, it } from 'vitest';
import { CallbackAllowance } from '../../src/callbacks/callback-allowance.ts';
import { FakeClock } from '../fake-clock.ts';

describe('what calls back may take', () => {
  it('forgets submissions that have rested', async () => {
    const clock = new FakeClock();
    const allowance = new CallbackAllowance({ burst: 10, perSecond: 1 }, clock);
    for (let n = 0; n < 1_000; n += 1) allowance.enter(`ref-${n}`)?.();
    expect(allowance.size).toBe(1_000);

    await clock.advance(10_000);
    allowance.enter('last')?.();

    expect(allowance.size).toBe(1);
  });

  it('counts the bytes of a body beyond the first, until it ends', () => {
    const allowance = new CallbackAllowance({ totalBytes: 100, freeBytes: 10 }, new FakeClock());
    const [one, other] = [allowance.beginBody(), allowance.beginBody()];

    expect([one.take(60), one.take(50), other.take(10), other.take(1)]).toEqual([true, true, true, false]);
    expect(allowance.bytes).toBe(100);
    one.end();
    one.end();
    expect(allowance.bytes).toBe(0);
    expect(other.take(50)).toBe(true);
  });
});
