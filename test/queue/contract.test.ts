import { describe } from 'vitest';
import { ObservedQueue } from '../../src/queue/observed-queue.ts';
import { hasPostgres } from '../postgres.ts';
import { createPgbossEngine } from './pgboss-store.ts';
import { describeQueueContract } from './queue-contract.ts';
import { sqliteEngine } from './sqlite-store.ts';

describe('a queue on SQLite', () => describeQueueContract(sqliteEngine));
describe('a queue that is looked at', () =>
  describeQueueContract({
    async createStore() {
      const store = await sqliteEngine.createStore();
      return {
        ...store,
        open: async (...args) => new ObservedQueue(await store.open(...args), { onRun: () => undefined }),
      };
    },
  }));
describe.skipIf(!hasPostgres)('a queue on PostgreSQL (skipped where there is no server)', () =>
  describeQueueContract(createPgbossEngine()),
);
