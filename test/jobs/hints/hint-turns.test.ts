import { describe, expect, it } from 'vitest';
import { HintTurns, type HintTurnsOptions, type Look } from '../../../src/jobs/hints/hint-turns.ts';
import { FakeClock } from '../../fake-clock.ts';
import { aRecordingLogger } from '../../recording-logger.ts';

const SECOND_MS = 1_000;

class Rig {
  readonly clock = new FakeClock();
  readonly log = aRecordingLogger();
  readonly looks: { readonly ref: string; readonly jobids: readonly string[]; readonly at: number }[] = [];
  next: () => Look = () => 'new';
  readonly turns: HintTurns;

  constructor(options: Partial<HintTurnsOptions> = {}) {
    const { clock, looks, log } = this;
    const look = async (ref: string, jobids: readonly string[]) => {
      looks.push({ ref, jobids, at: clock.monotonicMs() });
      return this.next();
    };
    this.turns = new HintTurns({ look, clock, logger: log.logger, ...options });
  }

  get times(): readonly number[] {
    return this.looks.map(({ at }) => at);
  }
}

describe('hints', () => {
  it('are followed at once', async () => {
    const rig = new Rig();

    rig.turns.add('one', ['j1']);
    await rig.clock.advance(0);

    expect(rig.looks).toEqual([{ ref: 'one', jobids: ['j1'], at: 0 }]);
  });

  it('cause one look a second, however many come, and one after the last', async () => {
    const rig = new Rig();

    for (let n = 0; n < 1_000; n += 1) {
      rig.turns.add('one', ['j1']);
      await rig.clock.advance(3);
    }
    await rig.clock.advance(60 * SECOND_MS);

    expect(rig.times).toHaveLength(4);
    for (const [at, time] of rig.times.entries())
      expect(time - (rig.times[at - 1] ?? -1_000)).toBeGreaterThanOrEqual(1_000);
  });

  it('of many submissions cause a bounded number of looks in total', async () => {
    const rig = new Rig();

    for (let n = 0; n < 10_000; n += 1) rig.turns.add(`ref-${n}`, []);
    await rig.clock.advance(10 * SECOND_MS);
    const soon = rig.looks.length;
    await rig.clock.advance(600 * SECOND_MS);

    expect(soon).toBeLessThanOrEqual(40 + 10 * 20);
    expect(rig.looks).toHaveLength(1_000);
  });

  it('that claim an end are followed before all that wait, two hundred of them at once', async () => {
    const rig = new Rig();
    for (let n = 0; n < 700; n += 1) rig.turns.add(`runs-${n}`, []);
    await rig.clock.advance(0);

    for (let n = 0; n < 200; n += 1) rig.turns.add(`ended-${n}`, [], true);
    await rig.clock.advance(0);

    expect(rig.looks.filter(({ ref }) => ref.startsWith('ended'))).toHaveLength(200);
    expect(rig.looks.filter(({ ref }) => ref.startsWith('runs'))).toHaveLength(40);
  });

  it('that claim an end are kept where a server has as many others as may wait', async () => {
    const rig = new Rig({ tenantOf: async () => 'busy' });
    for (let n = 0; n < 300; n += 1) rig.turns.add(`runs-${n}`, []);
    await rig.clock.advance(0);

    for (let n = 0; n < 200; n += 1) rig.turns.add(`ended-${n}`, [], true);
    await rig.clock.advance(0);

    expect(rig.looks.filter(({ ref }) => ref.startsWith('ended'))).toHaveLength(200);
  });

  it('that claim an end pass what waits for the same submission', async () => {
    const rig = new Rig();
    for (let n = 0; n < 100; n += 1) rig.turns.add(`runs-${n}`, []);
    await rig.clock.advance(0);

    rig.turns.add('runs-99', ['j1'], true);
    await rig.clock.advance(0);

    expect(rig.looks.at(-1)).toEqual({ ref: 'runs-99', jobids: ['j1'], at: 0 });
    expect(rig.looks).toHaveLength(41);
  });

  it('that claim ends which are none cause a bounded number of looks too', async () => {
    const rig = new Rig();
    rig.next = () => 'same';

    for (let round = 0; round < 100; round += 1) {
      for (let n = 0; n < 300; n += 1) rig.turns.add(`ref-${n}`, [], true);
      await rig.clock.advance(100);
    }

    expect(rig.looks.length).toBeLessThanOrEqual(200 + 40 + 2 * 10 * 20);
  });

  it('of one server leave turns to another, however many come and however slow its account is', async () => {
    const looked: string[] = [];
    const rig = new Rig({
      tenantOf: async (ref) => ref.replace(/-.*/, ''),
      look: (ref) => {
        looked.push(ref);
        return ref.startsWith('busy') ? new Promise(() => undefined) : Promise.resolve('new');
      },
    });
    for (let n = 0; n < 1_000; n += 1) rig.turns.add(`busy-${n}`, []);
    await rig.clock.advance(SECOND_MS);

    rig.turns.add('quiet-1', []);
    await rig.clock.advance(SECOND_MS);

    expect(looked).toEqual(['busy-0', 'busy-1', 'quiet-1']);
  });

  it('that brought nothing new are followed once more, and sooner where another comes', async () => {
    const rig = new Rig();
    rig.next = () => 'same';

    rig.turns.add('one', []);
    rig.turns.add('two', []);
    await rig.clock.advance(1_500);
    rig.turns.add('two', []);
    await rig.clock.advance(60 * SECOND_MS);

    const timesOf = (wanted: string) => rig.looks.flatMap(({ ref, at }) => (ref === wanted ? [at] : []));
    expect(timesOf('one')).toEqual([0, 2_000]);
    expect(timesOf('two').slice(0, 2)).toEqual([0, 1_500]);
  });

  it('that come before anything is known are kept for two minutes', async () => {
    const rig = new Rig();
    let isKnown = false;
    rig.next = () => (isKnown ? 'new' : 'early');

    rig.turns.add('one', ['j1']);
    rig.turns.add('two', ['j2']);
    await rig.clock.advance(90 * SECOND_MS);
    isKnown = true;
    await rig.clock.advance(600 * SECOND_MS);

    expect(rig.looks.at(-1)).toMatchObject({ jobids: ['j2'] });
    expect(rig.looks.length).toBeLessThan(2 * 50);
  });

  it('are followed no more after a while where nothing gets known', async () => {
    const rig = new Rig();
    rig.next = () => 'early';

    rig.turns.add('one', []);
    await rig.clock.advance(3_600 * SECOND_MS);

    expect(rig.looks).toHaveLength(61);
  });

  it('keep few ids of one submission', async () => {
    const rig = new Rig();
    rig.next = () => 'over';

    for (let n = 0; n < 500; n += 1) rig.turns.add('one', [`j${n}`]);
    await rig.clock.advance(SECOND_MS);

    expect(rig.looks.at(-1)?.jobids).toHaveLength(16);
  });

  it('do not end with a look that fails', async () => {
    const rig = new Rig();
    rig.next = () => {
      throw new Error('the store is locked');
    };
    rig.turns.add('one', []);
    await rig.clock.advance(SECOND_MS);
    rig.next = () => 'new';

    rig.turns.add('one', []);
    await rig.clock.advance(SECOND_MS);

    expect(rig.looks).toHaveLength(2);
    expect(rig.log.lines.join()).toContain('the store is locked');
  });

  it('are followed no more once that was stopped', async () => {
    const rig = new Rig();
    rig.turns.add('one', []);
    await rig.clock.advance(0);

    await rig.turns.stop();
    rig.turns.add('two', []);
    await rig.clock.advance(60 * SECOND_MS);

    expect(rig.looks).toHaveLength(1);
  });
});
