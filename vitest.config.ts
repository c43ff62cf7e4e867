import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

const MEMORY_FOLDER = '/dev/shm';
const ROOM_BYTES = 1_000_000_000;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/page/**'],
    env: { TMPDIR: toTestFolder() },
    // Far beyond what anything takes on a busy machine: a limit that is reached means that something hangs.
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    isolate: false,
    // Not threads: one whose sockets do not close never ends, and holds up the end of the whole run.
    pool: 'forks',
    // One more than the cores of a small machine: the tests of kills and outages mostly wait.
    maxWorkers: 3,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'commands/**/*.ts', 'sandbox/**/*.ts'],
      // What runs in the browser is seen by `npm run test:page` alone.
      exclude: ['sandbox/page/client/**'],
      reporter: ['text-summary'],
    },
  },
});

/**
 * In memory where there is room: stores wait for the disk at every write, and what tests kill is
 * processes, never the power.
 */
function toTestFolder(): string {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize >= ROOM_BYTES ? MEMORY_FOLDER : tmpdir();
  } catch {
    return tmpdir();
  }
}
