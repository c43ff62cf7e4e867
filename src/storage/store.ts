import KeyvSqlite from '@keyv/sqlite';
import { Keyv } from 'keyv';
import type { z } from 'zod';
import { type Clock, systemClock } from '../shared/clock.ts';
import { type Logger, silentLogger } from '../shared/logger.ts';
import { Collection, type CollectionOptions } from './collection.ts';
import { SetAside, type SetAsideDocument } from './set-aside.ts';
import { SqliteConnection, type SqliteConnectionOptions } from './sqlite/sqlite-driver.ts';
import { serialization } from './stored-text.ts';

const CLEAR_EXPIRED_INTERVAL_MS = 60 * 60 * 1000;
const ITERATION_BATCH = 500;

export interface StoreOptions extends SqliteConnectionOptions {
  /** Told of what cannot be read. */
  readonly logger?: Logger;
}

/** The only door to stored state: opens a SQLite file and hands out typed collections. */
export class Store {
  readonly #connection: SqliteConnection;
  readonly #setAside: SetAside;
  readonly #keyvs: Keyv[] = [];
  #clearsExpired = false;

  constructor(connection: SqliteConnection, clock: Clock = systemClock, logger: Logger = silentLogger) {
    this.#connection = connection;
    this.#setAside = new SetAside(connection, clock, logger);
  }

  /** Opens the file at `path` (`:memory:` for none), making its folder. */
  static open(path: string, clock: Clock = systemClock, options: StoreOptions = {}): Store {
    const { logger, ...limits } = options;
    return new Store(new SqliteConnection(path, clock, limits), clock, logger);
  }

  /** A collection's name is part of the stored key: renaming it loses what it held. */
  collection<T>(name: string, schema: z.ZodType<T>, options: CollectionOptions<T> = {}): Collection<T> {
    const adapter = new KeyvSqlite({
      uri: 'sqlite://shared',
      driver: this.#connection.toDriver(),
      iterationLimit: ITERATION_BATCH,
      clearExpiredInterval: this.#clearsExpired ? 0 : CLEAR_EXPIRED_INTERVAL_MS,
    });
    this.#clearsExpired = true;
    const keyv = new Keyv({ store: adapter, namespace: name, serialization });
    this.#keyvs.push(keyv);
    const parts = { keyv, connection: this.#connection, setAside: this.#setAside };
    return new Collection(name, schema, parts, options);
  }

  /** What could not be read, and was moved out of the way. */
  listSetAside(): Promise<readonly SetAsideDocument[]> {
    return this.#setAside.list();
  }

  /** Ends all collections; later reads and writes fail. */
  async close(): Promise<void> {
    for (const keyv of this.#keyvs) await keyv.disconnect();
    this.#connection.close();
  }
}
