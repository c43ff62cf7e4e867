import type { SqliteDriver } from '@keyv/sqlite';
import { type DocumentId, StoreError } from '../../src/storage/contract.ts';
import { SqliteConnection } from '../../src/storage/sqlite/sqlite-connection.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';

/**
 * `fail`: the statement does not happen. `lose`: it happens, and looks as if it had not. `die`: neither it nor
 * any later one happens.
 */
export type Fault = 'fail' | 'lose' | 'die';
export const FAULTS: readonly Fault[] = ['fail', 'lose', 'die'];

/** A store in memory that outlives its users and fails at a statement of the test's choice. */
export class FaultyStore {
  readonly #connection = new FaultyConnection();

  /** Another process: everything in its memory is gone, what was stored is there. */
  restart(): SqliteStore {
    this.#connection.heal();
    return new SqliteStore(this.#connection);
  }

  /** Makes the k-th statement from now on go wrong, counting from 1. */
  failAt(k: number, fault: Fault): void {
    this.#connection.arm(k, fault);
  }

  /** Whether the armed statement was reached; none goes wrong from here on. */
  heal(): boolean {
    return this.#connection.heal();
  }

  /** Runs something else that is stored as one more statement. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#connection.run(work);
  }

  /** Statements that have been run so far. */
  get statements(): number {
    return this.#connection.statements;
  }
}

class FaultyConnection extends SqliteConnection {
  statements = 0;
  #countdown = Number.POSITIVE_INFINITY;
  #fault: Fault = 'fail';
  #isDead = false;
  #hasStruck = false;

  constructor() {
    super(':memory:', new FakeClock());
  }

  arm(k: number, fault: Fault): void {
    this.#countdown = k;
    this.#fault = fault;
    this.#hasStruck = false;
  }

  heal(): boolean {
    this.#countdown = Number.POSITIVE_INFINITY;
    this.#isDead = false;
    return this.#hasStruck;
  }

  override toDriver(): SqliteDriver {
    const driver = super.toDriver();
    return {
      name: 'custom',
      connect: async (options) => {
        const connection = await driver.connect(options);
        return { ...connection, query: (sql, ...parameters) => this.run(() => connection.query(sql, ...parameters)) };
      },
    };
  }

  override read(id: DocumentId): Promise<string | undefined> {
    return this.run(() => super.read(id));
  }

  override atOnce<T>(work: () => T, key?: string): Promise<T> {
    return this.run(() => super.atOnce(work, key));
  }

  async run<T>(query: () => Promise<T>): Promise<T> {
    this.statements += 1;
    this.#countdown -= 1;
    if (this.#isDead) throw new StoreError('store-failed', 'The process is dead.');
    if (this.#countdown !== 0) return query();
    this.#hasStruck = true;
    this.#isDead = this.#fault === 'die';
    if (this.#fault === 'lose') await query();
    throw new StoreError('store-failed', 'The statement failed.');
  }
}

/** Runs `work` with a fault at each statement that it makes, one after the other, until it makes fewer. */
export async function atEveryStatement(
  fault: Fault,
  work: (store: FaultyStore, arm: () => void) => Promise<void>,
): Promise<number> {
  for (let k = 1; k < 1_000; k += 1) {
    const store = new FaultyStore();
    let isArmed = false;
    await work(store, () => {
      isArmed = true;
      store.failAt(k, fault);
    });
    if (isArmed && !store.heal()) return k - 1;
  }
  throw new Error('It never ends.');
}
