import KeyvSqlite from '@keyv/sqlite';
import { Keyv } from 'keyv';
import type { z } from 'zod';
import { type Clock, systemClock } from '../shared/clock.ts';
import { Collection, type CollectionOptions } from './collection.ts';
import { SqliteConnection, type SqliteConnectionOptions } from './sqlite-driver.ts';

const CLEAR_EXPIRED_INTERVAL_MS = 60 * 60 * 1000;
const ITERATION_BATCH = 500;

/** The only door to stored state: opens a SQLite file and hands out typed collections. */
export class Store {
  readonly #connection: SqliteConnection;
  readonly #keyvs: Keyv[] = [];
  #clearsExpired = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Opens the file at `path` (`:memory:` for none), making its folder. */
  static open(path: string, clock: Clock = systemClock, options: SqliteConnectionOptions = {}): Store {
    return new Store(new SqliteConnection(path, clock, options));
  }

  /** A collection's name is part of the stored key: renaming it loses what it held. */
  collection<T>(name: string, schema: z.ZodType<T>, options: CollectionOptions = {}): Collection<T> {
    const adapter = new KeyvSqlite({
      uri: 'sqlite://shared',
      driver: this.#connection.toDriver(),
      iterationLimit: ITERATION_BATCH,
      clearExpiredInterval: this.#clearsExpired ? 0 : CLEAR_EXPIRED_INTERVAL_MS,
    });
    this.#clearsExpired = true;
    const keyv = new Keyv({ store: adapter, namespace: name });
    this.#keyvs.push(keyv);
    return new Collection(name, schema, keyv, this.#connection, options);
  }

  /** Ends all collections; later reads and writes fail. */
  async close(): Promise<void> {
    for (const keyv of this.#keyvs) await keyv.disconnect();
    this.#connection.close();
  }
}
