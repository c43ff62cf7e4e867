import { expect, it } from 'vitest';
import { isYounger } from '../../src/shared/clock.ts';
import { watchClock } from '../../src/shared/clock-steps.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { FakeClock } from '../fake-clock.ts';

it('says when the clock was set, once, and has limits forgotten where it was set back', async () => {
  const clock = new FakeClock();
  const said: unknown[] = [];
  const forgotten: string[] = [];
  const logger = { ...silentLogger, warn: (fields: object, text: string) => void said.push({ ...fields, text }) };
  const stop = watchClock(clock, logger, [{ forgetLimits: () => void forgotten.push('limits') }]);

  await clock.advance(60_000);
  clock.step(-7_200_000);
  await clock.advance(60_000);
  clock.step(3_600_000);
  await clock.advance(60_000);
  clock.step(400);
  await clock.advance(60_000);
  stop();

  expect(said).toEqual([
    { stepMs: -7_200_000, text: 'The clock was set back.' },
    { stepMs: 3_600_000, text: 'The clock was set forward.' },
  ]);
  expect(forgotten).toEqual(['limits']);
});

it('takes a time that is still to come for old', () => {
  expect([isYounger(90, 20, 100), isYounger(80, 20, 100), isYounger(101, 20, 100)]).toEqual([true, false, false]);
});
