import { expect, it } from 'vitest';
import { RisingIds } from '../../../src/queue/pgboss/rising-ids.ts';

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('makes UUIDs of version 7 that tell their time', () => {
  const id = new RisingIds(() => Date.UTC(2026, 0, 1)).next();

  expect(id).toMatch(UUID_7);
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0, 1));
});

it('lets ids rise also within one millisecond, past the counter, and while the clock is set back', () => {
  let now = 5_000;
  const ids = new RisingIds(() => now);
  const made = Array.from({ length: 10_000 }, () => ids.next());
  now = 1_000;
  made.push(...Array.from({ length: 10 }, () => ids.next()));

  expect(made.every((id) => UUID_7.test(id))).toBe(true);
  expect(made).toEqual(made.toSorted());
  expect(new Set(made).size).toBe(10_010);
});
