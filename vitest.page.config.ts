import { defineConfig } from 'vitest/config';

/** What a page costs is measured where nothing else runs. */
const SPEED = 'test/page/speed.test.ts';
/** A browser may fail for reasons of its own; `.ci/run` names each test that passed at its second try. */
const RETRIES = process.env['CI'] === 'true' ? 1 : 0;

/** The page in a real browser: `npm run test:page`. */
export default defineConfig({
  test: {
    // Nothing is judged by these: they end what hangs, also on a machine that does ten things at once.
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    retry: RETRIES,
    isolate: false,
    pool: 'forks',
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
