import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';

describe('the suites of the page', () => {
  it.runIf(process.env['CI'] === 'true')('have a browser where they must run', () => {
    expect(isWithoutBrowser).toBe(false);
  });

  it.runIf(isWithoutBrowser)('are skipped: there is no Chromium in /usr/bin', () => {
    expect(isWithoutBrowser).toBe(true);
  });
});
