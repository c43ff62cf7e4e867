import { describe, expect, it } from 'vitest';
import { type Examination, examine } from '../../src/doctor/examine.ts';
import { ok } from '../../src/doctor/finding.ts';
import { AppError } from '../../src/shared/errors.ts';

const well: Examination = { topic: 'queue', what: 'Queue', run: async () => [ok('fine')] };
const options = { audience: 'server', limitMs: 50 } as const;

describe('an examination', () => {
  it('is shown by topic, in one order, whatever ends first', async () => {
    const first: Examination = { topic: 'configuration', what: 'Settings', run: async () => [ok('set')] };

    expect(
      (await examine([well, first, well], options)).map(({ topic, findings }) => [topic, findings.length]),
    ).toEqual([
      ['configuration', 1],
      ['queue', 2],
    ]);
  });

  it('that hangs says so while the others are shown, and learns that nobody waits', async () => {
    let isOver = () => false;
    const run: Examination['run'] = (signal) => {
      isOver = () => signal.aborted;
      return new Promise(() => undefined);
    };

    const [hanging, queue] = await examine([{ topic: 'discord', what: 'Commands', run }, well], options);

    expect(hanging?.findings).toMatchObject([
      { mark: 'wrong', says: 'Commands: no answer within 0 s.', todo: expect.stringContaining('Refresh') },
    ]);
    expect(queue?.findings).toEqual([ok('fine')]);
    expect(isOver()).toBe(true);
  });

  it('that fails names the code, and nothing of what was thrown besides', async () => {
    const failing = (thrown: unknown): Examination => ({
      topic: 'store',
      what: 'Store',
      run: () => Promise.reject(thrown),
    });

    const thrown = [new AppError('store-failed', 'secret'), new Error('secret')];
    const [store] = await examine(thrown.map(failing), options);

    expect(store?.findings.map(({ says }) => says)).toEqual([
      'Store: couldn’t be looked at (store-failed).',
      'Store: couldn’t be looked at (unknown).',
    ]);
  });
});
