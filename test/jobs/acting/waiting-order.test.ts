import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAllOf, toPositions, toServingOrder, type Waiter } from '../../../src/jobs/acting/waiting-order.ts';

/** `a1`: the first wish of member a. */
function waiters(...ids: readonly string[]): Waiter[] {
  return ids.map((id, at) => ({ id, userId: id.charAt(0), turn: at }));
}

/** Serves the head as the line does; the member's next one goes behind all others. */
function serve(
  waiting: readonly Waiter[],
  turn: number,
): { readonly served: Waiter | undefined; readonly left: Waiter[] } {
  const [served] = toServingOrder(waiting);
  const left = waiting.filter(({ id }) => id !== served?.id);
  const own = findAllOf(left, served?.userId ?? '');
  return {
    served,
    left: left.map((waiter) => (own.includes(waiter) ? { ...waiter, turn: turn + own.indexOf(waiter) / 100 } : waiter)),
  };
}

describe('toServingOrder', () => {
  it('takes one per member in turn', () => {
    const order = toServingOrder(waiters('a1', 'a2', 'a3', 'b1', 'c1', 'b2')).map(({ id }) => id);

    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('lets one who comes later go before the second wish of one who was served', () => {
    const { left } = serve(waiters('a1', 'a2', 'b1'), 3);
    const withNew = [...left, { id: 'c1', userId: 'c', turn: 4 }];

    expect(toServingOrder(withNew).map(({ id }) => id)).toEqual(['b1', 'a2', 'c1']);
  });

  it('serves as announced, and nobody twice while another member waits for the first time', () => {
    const steps = fc.array(fc.oneof(fc.record({ join: fc.nat(4) }), fc.constant('serve' as const)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (plan) => {
        let waiting: Waiter[] = [];
        const servedSince = new Map<string, string[]>();
        let turn = 0;
        for (const step of plan) {
          turn += 1;
          const before = toPositions(waiting);
          if (step !== 'serve') {
            const waiter = { id: `${step.join}-${turn}`, userId: String(step.join), turn };
            if (!waiting.some(({ userId }) => userId === waiter.userId)) servedSince.set(waiter.userId, []);
            waiting.push(waiter);
          } else {
            const { served, left } = serve(waiting, turn);
            if (served === undefined) continue;
            expect(before.get(served.id)).toBe(1);
            waiting = left;
            for (const [member, others] of servedSince) if (member !== served.userId) others.push(served.userId);
            servedSince.set(served.userId, []);
          }
          const after = toPositions(waiting);
          expect([...after.values()].sort((a, b) => a - b)).toEqual(waiting.map((_, at) => at + 1));
          for (const member of new Set(waiting.map(({ userId }) => userId))) {
            const others = servedSince.get(member) ?? [];
            expect(new Set(others).size).toBe(others.length);
            const [first] = findAllOf(waiting, member);
            const was = before.get(first?.id ?? '');
            if (first !== undefined && was !== undefined && step !== 'serve')
              expect(after.get(first.id)).toBeLessThanOrEqual(was);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
