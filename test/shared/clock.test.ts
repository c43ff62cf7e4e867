import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';

const LONG_MS = 3_600_000;

describe('systemClock', () => {
  it('sleeps as long as it is told', async () => {
    const beganAt = systemClock.monotonicMs();

    await systemClock.sleep(5);

    // Timers may be early by less than a millisecond.
    expect(systemClock.monotonicMs() - beganAt).toBeGreaterThan(3);
  });

  it('rejects with the reason for which a sleep is ended, and leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const ending = new AbortController();
    const before = timers();
    const sleep = systemClock.sleep(LONG_MS, ending.signal);
    expect(timers()).toBe(before + 1);

    ending.abort('enough');

    await expect(sleep).rejects.toBe('enough');
    expect(timers()).toBe(before);
  });

  it('does not begin a sleep that has been ended', async () => {
    const ended = AbortSignal.abort('before');

    await expect(systemClock.sleep(LONG_MS, ended)).rejects.toBe('before');
  });

  it('does not mind a signal that comes after the sleep', async () => {
    const ending = new AbortController();
    await systemClock.sleep(1, ending.signal);

    ending.abort();

    await nextTurn();
  });
});
