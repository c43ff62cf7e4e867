import fc from 'fast-check';
import type { Fault } from '../../../sandbox/midjourney/faults.ts';
import type { Death } from '../../notifications/lifeline.ts';

/** What a paid call meets at the server, and whether a job is made all the same. */
export type Trouble = Pick<Fault, 'action' | 'takesEffect'>;

/** Milliseconds after which a client of these tests gives up, and after which what is late arrives. */
export const GIVES_UP_MS = 20;
export const LATE_MS = 60;

export const toStatus = (status: number, body: unknown = 'no'): Trouble['action'] => ({ kind: 'status', status, body });

/** No server says anything by these: a job may have been made or not. */
const UNCLEAR: readonly Trouble['action'][] = [
  { kind: 'status', status: 204, body: undefined },
  { kind: 'html' },
  { kind: 'garbage' },
  { kind: 'empty' },
  { kind: 'cut' },
  { kind: 'cut', after: 'mid-body' },
  { kind: 'delay', ms: LATE_MS },
];

/**
 * What a paid call meets, if anything: an answer that says that nothing was made, or, three times as often, one by
 * which nobody can tell.
 */
export function troubleOf(
  refusals: readonly Trouble['action'][],
  unclear: readonly Trouble['action'][],
): fc.Arbitrary<Trouble | null> {
  const refusal = fc.constantFrom<Trouble>(...refusals.map((action) => ({ action })));
  const doubt = fc.record({
    action: fc.constantFrom<Trouble['action']>(...unclear, ...UNCLEAR),
    takesEffect: fc.boolean(),
  });
  return fc.option(fc.oneof({ arbitrary: refusal, weight: 1 }, { arbitrary: doubt, weight: 3 }));
}

/** Where the process dies, if it does: before or after one of so many writes. */
export function deathWithin(writes: number): fc.Arbitrary<Death | null> {
  return fc.option(
    fc.record({ at: fc.integer({ min: 1, max: writes }), when: fc.constantFrom<Death['when']>('before', 'after') }),
  );
}
