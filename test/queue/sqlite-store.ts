import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import type { QueueEngine } from './queue-world.ts';

/** A folder of its own for one test's database. */
export function createQueueFolder(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'queue-test-'));
  return {
    path: join(folder, 'queue.sqlite'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const sqliteEngine: QueueEngine = {
  async createStore() {
    const folder = createQueueFolder();
    return {
      open: (clock, options) => SqliteQueue.open({ path: folder.path, clock, ...options }),
      destroy: async () => folder.remove(),
    };
  },
};
