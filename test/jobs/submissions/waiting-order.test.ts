import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAllOf, toPositions, toServingOrder, type Waiter } from '../../../src/jobs/submissions/waiting-order.ts';

/** `a1`: the first wish of member a. */
function waiters(...ids: readonly string[]): Waiter[] {
  return ids.map((id, at) => ({ id, userId: id.charAt(0), guildId: 'g1', turn: at }));
}

/** A line as it is kept: who is served goes, and what that member has left goes behind all others. */
class Line {
  waiting: Waiter[] = [];
  /** Who was served since each member began to wait for its next one. */
  readonly servedMeanwhile = new Map<string, string[]>();
  #turn = 0;

  join(userId: string): void {
    this.#turn += 1;
    if (findAllOf(this.waiting, userId).length === 0) this.servedMeanwhile.set(userId, []);
    this.waiting.push({ id: `${userId}${this.#turn}`, userId, guildId: 'g1', turn: this.#turn });
  }

  serve(): Waiter | undefined {
    const [served] = toServingOrder(this.waiting);
    if (served === undefined) return undefined;
    const left = this.waiting.filter((waiter) => waiter !== served);
    const own = findAllOf(left, served.userId);
    const rest = left.filter((waiter) => !own.includes(waiter));
    this.waiting = [...rest, ...own.map((waiter) => ({ ...waiter, turn: ++this.#turn }))];
    for (const meanwhile of this.servedMeanwhile.values()) meanwhile.push(served.userId);
    this.servedMeanwhile.set(served.userId, []);
    return served;
  }

  get members(): ReadonlySet<string> {
    return new Set(this.waiting.map(({ userId }) => userId));
  }
}

const steps = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant('serve')), { maxLength: 60 });

function take(line: Line, step: string): Waiter | undefined {
  if (step === 'serve') return line.serve();
  line.join(step);
  return undefined;
}

describe('toServingOrder', () => {
  it('takes one per member in turn', () => {
    const order = toServingOrder(waiters('a1', 'a2', 'a3', 'b1', 'c1', 'b2')).map(({ id }) => id);

    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('takes one per server in turn, and serves one that comes after the one that is next', () => {
    const busy = waiters('a1', 'b1', 'c1', 'd1', 'e1');
    const quiet = { id: 'q1', userId: 'q', guildId: 'g2', turn: 10 };

    const before = toServingOrder([...busy, quiet]).map(({ id }) => id);
    const after = toServingOrder([...busy.slice(1), quiet], new Map([['g1', 11]])).map(({ id }) => id);

    expect(before).toEqual(['a1', 'q1', 'b1', 'c1', 'd1', 'e1']);
    expect(after).toEqual(['q1', 'b1', 'c1', 'd1', 'e1']);
  });

  it('serves each of several servers once before one is served again, whoever has more that waits', () => {
    let turn = 0;
    let waiting = Array.from({ length: 30 }, (_, at) => {
      const guildId = at < 20 ? 'g1' : `g${at % 3}`;
      turn += 1;
      return { id: String(at), userId: `m${at}`, guildId, turn };
    });
    const servedAt = new Map<string, number>();
    const served: string[] = [];
    for (let next = toServingOrder(waiting)[0]; next !== undefined; [next] = toServingOrder(waiting, servedAt)) {
      const { id, guildId } = next;
      waiting = waiting.filter((waiter) => waiter.id !== id);
      turn += 1;
      servedAt.set(guildId, turn);
      served.push(guildId);
    }

    expect(served.slice(0, 9).toSorted()).toEqual(['g0', 'g0', 'g0', 'g1', 'g1', 'g1', 'g2', 'g2', 'g2']);
    expect(served).toHaveLength(30);
  });

  it('serves nobody twice while another member waits', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const line = new Line();
        for (const step of plan) {
          take(line, step);
          for (const member of line.members) {
            const served = line.servedMeanwhile.get(member) ?? [];
            expect(new Set(served).size).toBe(served.length);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('serves a member’s own in the order in which they came', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const line = new Line();
        const served = [...plan, ...plan.map(() => 'serve')].flatMap((step) => take(line, step) ?? []);
        for (const member of 'abcd') {
          const own = served.filter(({ userId }) => userId === member).map(({ id }) => Number(id.slice(1)));
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
        expect(served).toHaveLength(plan.filter((step) => step !== 'serve').length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('toPositions', () => {
  it('counts from 1 without gaps, serves the first, and nobody who comes pushes a member’s next one back', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const line = new Line();
        for (const step of plan) {
          const before = toPositions(line.waiting);
          const nexts = [...line.members].flatMap((member) => findAllOf(line.waiting, member).slice(0, 1));
          const served = take(line, step);
          const after = toPositions(line.waiting);

          expect([...after.values()].sort((a, b) => a - b)).toEqual(line.waiting.map((_, at) => at + 1));
          if (served !== undefined) expect(before.get(served.id)).toBe(1);
          for (const { id } of nexts) {
            if (id !== served?.id) expect(after.get(id)).toBeLessThanOrEqual(before.get(id) ?? 0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
