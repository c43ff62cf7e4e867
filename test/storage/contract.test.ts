import { describe } from 'vitest';
import { ObservedStore } from '../../src/storage/observed-store.ts';
import { hasPostgres } from '../postgres.ts';
import { describeStoreContract } from './store-contract.ts';
import { postgresEngine, sqliteEngine } from './store-world.ts';

describe('a store on SQLite', () => describeStoreContract(sqliteEngine));
describe('a store that is looked at', () =>
  describeStoreContract({
    name: 'SQLite, observed',
    createPlace() {
      const place = sqliteEngine.createPlace();
      return { ...place, open: async () => new ObservedStore(await place.open(), () => undefined) };
    },
  }));
describe.skipIf(!hasPostgres)('a store on PostgreSQL (skipped where there is no server)', () =>
  describeStoreContract(postgresEngine),
);
