import type { z } from 'zod';
import type { Transaction } from '../../src/shared/transaction.ts';
import type { Collection, CollectionOptions } from '../../src/storage/contract.ts';
import type { SqliteConnection } from '../../src/storage/sqlite/sqlite-connection.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';

/** Where a process dies: before or after its n-th change of the world outside its memory. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** The life of one process: from its death on nothing of it ever goes on. */
export class Lifeline {
  readonly #death: Death | undefined;
  readonly #died = Promise.withResolvers<'died'>();
  #changes = 0;
  #isDead = false;

  constructor(death?: Death) {
    this.#death = death;
  }

  get died(): Promise<'died'> {
    return this.#died.promise;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Changes made so far. */
  get changes(): number {
    return this.#changes;
  }

  /** Makes one change; a dead process makes none, and the dying one never learns what came of it. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) return new Promise<never>(() => undefined);
    this.#changes += 1;
    if (this.#changes !== this.#death?.at) return work();
    if (this.#death.when === 'after') await work().catch(() => undefined);
    return this.#die();
  }

  #die(): Promise<never> {
    this.#isDead = true;
    this.#died.resolve('died');
    return new Promise<never>(() => undefined);
  }
}

/** A store whose writes count as changes of its process. */
export class MortalStore extends SqliteStore {
  readonly #life: Lifeline;

  constructor(connection: SqliteConnection, life: Lifeline) {
    super(connection);
    this.#life = life;
  }

  override collection<T>(name: string, schema: z.ZodType<T>, options: CollectionOptions<T> = {}): Collection<T> {
    const collection = super.collection(name, schema, options);
    const set = collection.set.bind(collection);
    const remove = collection.delete.bind(collection);
    const insertIfAbsent = collection.insertIfAbsent.bind(collection);
    const update = collection.update.bind(collection);
    return Object.assign(collection, {
      set: (key: string, value: T) => this.#life.pass(() => set(key, value)),
      delete: (key: string) => this.#life.pass(() => remove(key)),
      insertIfAbsent: (key: string, value: T) => this.#life.pass(() => insertIfAbsent(key, value)),
      update: (key: string, change: Parameters<typeof update>[1]) => this.#life.pass(() => update(key, change)),
    });
  }

  override transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#life.pass(() => super.transaction(work));
  }
}
