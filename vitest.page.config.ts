import { defineConfig } from 'vitest/config';

/** Wall-clock limits mean something only where nothing else runs. */
const SPEED = 'test/page/speed.test.ts';

/** The page in a real browser: `npm run test:page`. */
export default defineConfig({
  test: {
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 60_000,
    hookTimeout: 30_000,
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          exclude: [SPEED],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'speed', include: [SPEED], sequence: { groupOrder: 1 } } },
    ],
  },
});
