import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/health/check.ts';
import { toHealthPages } from '../../src/health/health-pages.ts';
import { Lifecycle, type Phase } from '../../src/health/lifecycle.ts';
import { LoopWatch } from '../../src/health/loop-watch.ts';
import { FakeClock } from '../fake-clock.ts';

const WELL: Check = { name: 'store', ok: true, says: 'ok' };
const WRONG: Check = { name: 'gateway', ok: false, says: 'It is not connected yet.', todo: 'Wait.' };

async function readPages(phase: Phase, { forMs = 0, checks = [WELL] }: { forMs?: number; checks?: Check[] } = {}) {
  const clock = new FakeClock();
  const lifecycle = new Lifecycle(clock);
  lifecycle.enter(phase);
  await clock.advance(forMs);
  const pages = toHealthPages({ lifecycle, loop: new LoopWatch(clock), checks: async () => checks });
  const [live, ready] = await Promise.all(['/livez', '/readyz'].map((path) => pages[path]?.()));
  return { live: [live?.status, live?.body], ready: [ready?.status, ready?.body] };
}

describe('the pages of health', () => {
  it('answer 200 where the bot runs and nothing is wrong', async () => {
    expect(await readPages('running')).toEqual({ live: [200, 'ok\n'], ready: [200, 'store: ok\n'] });
  });

  it('say with 503 each thing that is wrong, one a line, while the process lives', async () => {
    const { live, ready } = await readPages('running', { checks: [WELL, WRONG] });

    expect(live).toEqual([200, 'ok\n']);
    expect(ready).toEqual([503, 'store: ok\ngateway: It is not connected yet. Wait.\n']);
  });

  it.each([
    ['starting', 'starting\n'],
    ['standing-by', 'standing by\n'],
    ['stopping', 'stopping\n'],
  ] as const)('says that it is %s: alive, and not ready', async (phase, body) => {
    expect(await readPages(phase)).toEqual({ live: [200, 'ok\n'], ready: [503, body] });
  });

  it('count a process as dead that does not come to its end', async () => {
    const { live } = await readPages('stopping', { forMs: 21_000 });

    expect(live[0]).toBe(503);
  });
});
