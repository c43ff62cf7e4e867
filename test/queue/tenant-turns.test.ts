import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TenantTurns } from '../../src/queue/tenant-turns.ts';
import { FakeClock } from '../fake-clock.ts';

/** A worker whose runs end one after the other, oldest first, and what waits for it, longest due first. */
class Rig {
  readonly #turns = new TenantTurns(new FakeClock(), 1_000);
  readonly #slots: number;
  readonly running: string[] = [];
  waiting: string[] = [];
  /** Every tenant that was given a slot, in order. */
  readonly served: string[] = [];

  constructor(slots: number) {
    this.#slots = slots;
  }

  add(tenant: string, count: number): void {
    this.waiting.push(...Array<string>(count).fill(tenant));
    this.#turns.expectOthers();
    this.fill();
  }

  endOne(): void {
    this.running.shift();
    this.fill();
  }

  fill(): void {
    while (this.running.length < this.#slots) {
      const held = new Map(this.running.map((of) => [of, this.running.filter((other) => other === of).length]));
      const free = this.#slots - this.running.length;
      const passedOver = this.#turns.passedOver(held, free);
      const given = this.waiting
        .filter((tenant) => !passedOver.includes(tenant))
        .slice(0, this.#turns.toMost(held, free, passedOver));
      for (const tenant of given) this.waiting.splice(this.waiting.indexOf(tenant), 1);
      this.running.push(...given);
      this.served.push(...given);
      this.#turns.note(given);
      if (given.length === 0 && !this.#turns.beginRound()) return;
    }
  }
}

describe('TenantTurns', () => {
  it('gives one alone half of the slots, and two a third each', () => {
    const rig = new Rig(12);
    rig.add('a', 100);
    expect(rig.running).toHaveLength(6);

    rig.add('b', 100);
    for (let ended = 0; ended < 40; ended += 1) rig.endOne();

    expect(rig.running.filter((of) => of === 'a').length).toBeLessThanOrEqual(6);
    expect(rig.running.filter((of) => of === 'b').length).toBeGreaterThanOrEqual(3);
    expect(rig.running.length).toBeLessThan(12);
  });

  it('serves one that comes before the others have had two more turns each, however much of them waits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 40 }), (slots, busyCount) => {
        const rig = new Rig(slots);
        for (let n = 0; n < busyCount; n += 1) rig.add(`busy${n}`, 200);
        for (let ended = 0; ended < 3 * slots; ended += 1) rig.endOne();
        const before = rig.served.length;

        rig.add('quiet', 1);
        for (let ended = 0; ended < 500 && !rig.served.includes('quiet'); ended += 1) rig.endOne();

        const since = rig.served.slice(before, rig.served.indexOf('quiet'));
        expect(rig.served).toContain('quiet');
        expect(since.length).toBeLessThanOrEqual(slots + 2 * busyCount);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('hands out all that waits', () => {
    const rig = new Rig(5);
    rig.add('a', 30);
    rig.add('b', 3);
    for (let ended = 0; ended < 60; ended += 1) rig.endOne();

    expect([rig.served.length, rig.waiting.length]).toEqual([33, 0]);
  });
});
