import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The kinds of controls that are used on pages, by the first part of their custom ids. */
export class UsedControls {
  readonly kinds = new Set<string>();

  /** Counts what is used on a page from now on; returns the page. */
  watch(page: Page): Page {
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname !== '/api/press' && pathname !== '/api/select') return;
      const customId: unknown = Reflect.get(request.postDataJSON(), 'customId');
      if (typeof customId === 'string') this.kinds.add(customId.split(':')[0] ?? '');
    });
    return page;
  }

  /** None of these kinds was left out. */
  expectAll(kinds: readonly string[]): void {
    expect(kinds.filter((kind) => !this.kinds.has(kind))).toEqual([]);
  }
}

/** The controls of a kind in a message, whatever their labels are. */
export function controlsOf(scope: Locator | Page, kind: string): Locator {
  const keys = [`^="${kind}:"`, `="${kind}"`, `*=":${kind}:"`, `$=":${kind}"`];
  return scope.locator(keys.map((key) => `[data-key${key}]`).join(', '));
}
