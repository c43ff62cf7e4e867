import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/shared/clock.ts';
import type { Store } from '../../src/storage/contract.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';

/** A place where documents are kept; each `open` is another process that shares it. */
export interface StorePlace {
  open(): Store;
  destroy(): void;
}

export interface StoreEngine {
  readonly name: string;
  createPlace(): StorePlace;
}

export const sqliteEngine: StoreEngine = {
  name: 'SQLite',
  createPlace() {
    const folder = mkdtempSync(join(tmpdir(), 'store-contract-'));
    return {
      open: () => SqliteStore.open(join(folder, 'deep', 'bot.sqlite'), systemClock),
      destroy: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};
