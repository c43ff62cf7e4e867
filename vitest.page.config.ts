import { defineConfig } from 'vitest/config';

/** The page in a real browser: `npm run test:page`. */
export default defineConfig({
  test: {
    include: ['test/page/**/*.test.ts'],
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 60_000,
    hookTimeout: 30_000,
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
  },
});
