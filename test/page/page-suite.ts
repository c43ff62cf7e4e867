import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { BrowserRig } from './browser.ts';
import { type PageRig, type PageRigOptions, startPageRig } from './page-world.ts';

/** What the tests of one suite share; there once its first test runs. */
export interface PageSuite {
  readonly rig: PageRig;
  readonly browser: BrowserRig;
}

/** Starts the bot with its page and a browser around the tests of a suite, and lets none of them leave a complaint. */
export function usePage(prepare: (rig: PageRig) => void = () => undefined, options: PageRigOptions = {}): PageSuite {
  let rig: PageRig | undefined;

  beforeAll(async () => {
    rig = await startPageRig(options);
    prepare(rig);
  });
  afterAll(() => rig?.close());
  const browser = useBrowser();

  return {
    get rig() {
      return started(rig);
    },
    get browser() {
      return browser();
    },
  };
}

/**
 * Starts a browser around the tests of a suite, and lets none of them leave a complaint or a page. A test that fails
 * says what its pages showed.
 */
export function useBrowser(): () => BrowserRig {
  let browser: BrowserRig | undefined;

  beforeAll(async () => {
    browser = await BrowserRig.launch();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`\n${task.name}:\n${await started(browser).leave()}\n`);
    expect(started(browser).takeComplaints()).toEqual([]);
  });
  afterAll(() => browser?.close());

  return () => started(browser);
}

function started<T>(what: T | undefined): T {
  if (what === undefined) throw new Error('Only tests can use it, not what stands around them');
  return what;
}
