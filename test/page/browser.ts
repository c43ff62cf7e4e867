import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, errors, type Page } from 'playwright-core';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** These end what hangs, and judge nothing. */
const LAUNCH_MS = 120_000;
const ACTION_MS = 60_000;
const CATCH_UP_MS = 3_000;
const CATCH_UP_TRIES = 20;

/** Where Chromium is; `undefined` where there is none. */
const executable = EXECUTABLES.find((path) => existsSync(path));

/** What the suites of this folder are skipped by. */
export const isWithoutBrowser = executable === undefined;

/** One browser, and for each page what it must not do: complain, or ask anybody but the page's own server. */
export class BrowserRig {
  readonly #browser: Browser;
  readonly #complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<BrowserRig> {
    if (executable === undefined) throw new Error('There is no Chromium');
    return new BrowserRig(await chromium.launch({ executablePath: executable, args: ARGUMENTS, timeout: LAUNCH_MS }));
  }

  /** Opens a context of its own, so that nothing is remembered from other tests. */
  async open(url: string, options: BrowserContextOptions & { readonly hasSeenTour?: boolean } = {}): Promise<Page> {
    const { hasSeenTour = true, ...rest } = options;
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...rest });
    if (hasSeenTour) await context.addInitScript(() => localStorage.setItem('tour', 'seen'));
    context.setDefaultTimeout(ACTION_MS);
    await context.addInitScript(noteSettled);
    const page = await context.newPage();
    this.#watch(page, new URL(url).origin);
    await page.goto(url);
    await page.locator('.channel-start').waitFor();
    return page;
  }

  /** Errors in the console, exceptions, and requests that went elsewhere, since the last look. */
  takeComplaints(): readonly string[] {
    return this.#complaints.splice(0);
  }

  /** Closes the pages that are still open, and returns what they showed. */
  async leave(): Promise<string> {
    const shown: string[] = [];
    for (const context of this.#browser.contexts()) {
      for (const page of context.pages()) shown.push(await textOf(page));
      await context.close();
    }
    return shown.join('\n\n');
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  #watch(page: Page, origin: string): void {
    page.on('console', (entry) => {
      if (entry.type() === 'error' || entry.type() === 'warning')
        this.#complaints.push(`${entry.type()}: ${entry.text()}`);
    });
    page.on('pageerror', (error) => this.#complaints.push(`exception: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith('data:') && !url.startsWith('blob:'))
        this.#complaints.push(`asked elsewhere: ${url}`);
    });
    page.on('dialog', (dialog) => {
      this.#complaints.push(`a dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
}

/** Runs in the page before all else: notes of which actions the page's stream has said how they ended. */
function noteSettled(): void {
  const settled = new Set<unknown>();
  Object.assign(window, {
    settled,
    EventSource: class extends EventSource {
      constructor(url: string) {
        super(url);
        this.addEventListener('settled', ({ data }) => settled.add(JSON.parse(data).settled.action));
      }
    },
  });
}

/**
 * Resolves once the page shows all that had happened before: what its stream says is in order, so that the end of an
 * action that fails comes behind it.
 */
export async function caughtUp(page: Page): Promise<void> {
  for (let tries = 0; tries < CATCH_UP_TRIES; tries += 1) {
    const action = randomUUID();
    await page.evaluate(async (name) => {
      const [, as, channelId] = /^#(\d+)\/(\d+)$/.exec(location.hash) ?? [];
      const body = JSON.stringify({ as, channelId, action: name, messageId: '1', customId: 'none' });
      await fetch('/api/press', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    }, action);
    if (await isSettled(page, action)) return;
  }
  throw new Error('The page does not hear what happens.');
}

/** What ends while the page is opening its stream anew is heard by nobody. */
async function isSettled(page: Page, action: string): Promise<boolean> {
  const settled = page.waitForFunction((name) => Reflect.get(window, 'settled').has(name), action, {
    timeout: CATCH_UP_MS,
  });
  return settled.then(
    () => true,
    (thrown: unknown) => {
      if (thrown instanceof errors.TimeoutError) return false;
      throw thrown;
    },
  );
}

/** A page's address, its messages line by line, and what else lies over them. */
async function textOf(page: Page): Promise<string> {
  const parts = await page.locator('.messages, dialog[open], .failure').allInnerTexts();
  return [page.url(), ...parts].join('\n');
}
