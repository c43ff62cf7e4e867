import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/page/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
  },
});
