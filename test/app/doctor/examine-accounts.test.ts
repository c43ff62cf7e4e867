import { expect, it } from 'vitest';
import { examineAccounts } from '../../../src/app/doctor/examine-accounts.ts';
import { AppError } from '../../../src/shared/errors.ts';

it('asks the store for nothing where a server has no account, so that nobody misses its failure', async () => {
  const asked: string[] = [];
  const getMany = async () => {
    asked.push('store');
    throw new AppError('store-unavailable', 'It fails.');
  };
  const backend = {
    openTo: () => [],
    ownOf: () => undefined,
    find: () => undefined,
    listRunning: () => Promise.reject(new Error('There is no account.')),
  };
  const outside = { backend, media: { tryToOpen: async () => undefined } };
  const jobs = { tracker: { liveIds: () => [] }, index: { search: () => [] }, jobStore: { getMany } };

  expect(examineAccounts({ outside, jobs, clock: { now: () => 0 } }, '101')).toEqual([]);

  expect(asked).toEqual([]);
});
