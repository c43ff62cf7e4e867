import { describe, expect, it } from 'vitest';
import { UnderWay } from '../../../src/discord/core/under-way.ts';

describe('what a server has under way', () => {
  it('refuses the 101st at once, that of another server not, and takes it again when one has ended', async () => {
    const underWay = new UnderWay();
    const gates = Array.from({ length: 100 }, () => Promise.withResolvers<void>());
    const going = gates.map(({ promise }) => underWay.run('busy', () => promise));
    let wasRun = false;
    const extra = async () => {
      wasRun = true;
    };

    await expect(underWay.run('busy', extra)).rejects.toMatchObject({
      code: 'busy-server',
      message: expect.stringContaining('Wait a few seconds and try again.'),
    });
    expect(wasRun).toBe(false);
    expect(await underWay.run('quiet', async () => 'done')).toBe('done');

    gates[0]?.resolve();
    await going[0];
    expect(await underWay.run('busy', async () => 'done')).toBe('done');
    for (const { resolve } of gates) resolve();
    await Promise.all(going);
  });

  it('counts what failed no longer', async () => {
    const underWay = new UnderWay();
    for (let n = 0; n < 150; n += 1) {
      await expect(underWay.run('busy', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    }

    expect(await underWay.run('busy', async () => 'done')).toBe('done');
  });
});
