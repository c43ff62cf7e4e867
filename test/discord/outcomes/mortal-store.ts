import { systemClock } from '../../../src/shared/clock.ts';
import type { DocumentId } from '../../../src/storage/contract.ts';
import type { RowWrite } from '../../../src/storage/document-rows.ts';
import { SqliteConnection } from '../../../src/storage/sqlite/sqlite-connection.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';

/** What outlives every process: the rows. */
export class Disk {
  readonly connection = new SqliteConnection(':memory:', systemClock);

  close(): void {
    this.connection.close();
  }
}

const WRITE = /^(INSERT|DELETE)\b/;
const FOREVER = new Promise<never>(() => undefined);

/** A process's connection to the disk; once the process is dead, nothing it asks for is done or answered. */
class MortalConnection extends SqliteConnection {
  readonly #disk: Disk;
  readonly #life: Life;

  constructor(disk: Disk, life: Life) {
    super(':memory:', systemClock);
    this.#disk = disk;
    this.#life = life;
  }

  override toDriver() {
    const driver = this.#disk.connection.toDriver();
    return {
      ...driver,
      connect: async (options: Parameters<typeof driver.connect>[0]) => {
        const { query, close } = await driver.connect(options);
        return {
          close,
          query: (sql: string, ...parameters: unknown[]) =>
            this.#life.run(WRITE.test(sql), () => query(sql, ...parameters)),
        };
      },
    };
  }

  override read(id: DocumentId): Promise<string | undefined> {
    return this.#life.run(false, () => this.#disk.connection.read(id));
  }

  override atOnce<T>(work: () => T, key?: string): Promise<T> {
    return this.#life.run(true, () => this.#disk.connection.atOnce(work, key));
  }

  override row(id: DocumentId): string | undefined {
    return this.#disk.connection.row(id);
  }

  override putRow(row: RowWrite): void {
    this.#disk.connection.putRow(row);
  }
}

/** One process between its start and its death. */
export class Life {
  readonly store: SqliteStore;
  readonly #lastWrite: number;
  #writes = 0;
  #isDead = false;
  readonly #died = Promise.withResolvers<void>();

  /** @param writes How many writes it makes; it dies before the next one. */
  constructor(disk: Disk, writes = Number.POSITIVE_INFINITY) {
    this.#lastWrite = writes;
    this.store = new SqliteStore(new MortalConnection(disk, this));
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Resolves when the process dies. */
  get died(): Promise<void> {
    return this.#died.promise;
  }

  /** Whatever it does outside while it lives; dead, it does nothing. */
  async run<T>(isWrite: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#isDead) return FOREVER;
    if (isWrite && this.#writes >= this.#lastWrite) return this.#die();
    if (isWrite) this.#writes += 1;
    const result = await work();
    return this.#isDead ? FOREVER : result;
  }

  #die(): Promise<never> {
    this.#isDead = true;
    this.#died.resolve();
    return FOREVER;
  }
}
