import { expect, it } from 'vitest';
import { z } from 'zod';
import { toRunner } from '../../src/queue/handler-runner.ts';
import type { Lease } from '../../src/queue/worker-loop.ts';

const lease: Lease = {
  id: 1,
  token: 't',
  payload: '{"n":1}',
  key: undefined,
  group: undefined,
  tenant: undefined,
  attempts: 0,
  maxAttempts: 3,
  recoveries: 0,
  recovered: false,
  isTick: false,
  addedAt: 0,
};

it('fails an entry that seems to kill every process that takes it, without running it', async () => {
  let runs = 0;
  const run = toRunner('work', z.object({ n: z.number() }), async () => {
    runs += 1;
  });
  const { signal } = new AbortController();

  const outcomes = [await run({ ...lease, recoveries: 100 }, signal), await run({ ...lease, recoveries: 101 }, signal)];

  expect(outcomes).toEqual([{ kind: 'done' }, { kind: 'invalid', error: expect.stringContaining('given up') }]);
  expect(runs).toBe(1);
});

it('lets an entry wait whose runs vanished several times in a row, and runs it after that', async () => {
  const run = toRunner('work', z.object({ n: z.number() }), async () => undefined);
  const { signal } = new AbortController();
  const after = (recoveries: number, recovered = true) => run({ ...lease, recoveries, recovered }, signal);

  const outcomes = [await after(4), await after(5), await after(7), await after(50), await after(50, false)];

  expect(outcomes).toMatchObject([
    { kind: 'done' },
    { kind: 'postponed', afterMs: 10_000 },
    { kind: 'postponed', afterMs: 40_000 },
    { kind: 'postponed', afterMs: 60_000 },
    { kind: 'done' },
  ]);
});

it('runs a tick however often its runs vanished', async () => {
  const run = toRunner('work', z.object({ n: z.number() }), async () => undefined);
  const tick = { ...lease, recoveries: 1_000, recovered: true, isTick: true };

  expect(await run(tick, new AbortController().signal)).toEqual({ kind: 'done' });
});

it('fails an entry whose stored payload is no JSON, never quoting values', async () => {
  const run = toRunner('work', z.object({ n: z.number() }), async () => undefined);
  const { signal } = new AbortController();

  const outcomes = [
    await run({ ...lease, payload: 'secret' }, signal),
    await run({ ...lease, payload: '{"n":"secret"}' }, signal),
  ];

  expect(outcomes.map(({ kind }) => kind)).toEqual(['invalid', 'invalid']);
  expect(JSON.stringify(outcomes)).not.toContain('secret');
});
