import type { Locator, Page } from 'playwright-core';
import type { PageCommand, PageCommands, PageOption } from '../../sandbox/page/server/page-api.ts';
import { caughtUp } from './browser.ts';
import type { PageRig } from './page-world.ts';
import { openCommand } from './typing.ts';

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const LISTED_TYPES = new Set([5, 6, 7, 8, 9]);
const ATTACHMENT = 11;
const NUMBERS = new Set([4, 10]);
const CLICK_MS = 60_000;

/** The commands that a member is offered in a channel, whatever they are. */
export async function readCommands(url: string, userId: string, channelId: string): Promise<PageCommands> {
  const response = await fetch(`${url}/api/commands?as=${userId}&channel=${channelId}`);
  return (await response.json()) as PageCommands;
}

/** Waits until the page shows nothing that is under way; what a click was acknowledged for may still come. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.busy, .thinking') === null);
}

/** Waits until the bot has answered in whole all that it was asked, and the page shows that. */
export async function finish(page: Page, rig: PageRig): Promise<void> {
  await settle(page);
  await rig.answered();
  await caughtUp(page);
  await settle(page);
}

/** Whatever the page shows as gone wrong. */
export async function failures(page: Page): Promise<readonly string[]> {
  return (await page.locator('.failure:not(:empty), .command-hint.wrong').allTextContents()).map((text) => text.trim());
}

/** Sends a command with plausible values: the required options, or all that can be set; fills in a form that opens. */
export async function walkCommand(
  page: Page,
  rig: PageRig,
  { command, withAll }: { readonly command: PageCommand; readonly withAll: boolean },
): Promise<void> {
  await openCommand(page, command.path);
  for (const option of command.options) {
    if (withAll || option.isRequired) await fillAny(page, option);
  }
  await page.getByRole('button', { name: `Send /${command.path}`, exact: true }).click();
  await finish(page, rig);
  await walkModal(page, rig);
}

async function fillAny(page: Page, option: PageOption): Promise<void> {
  const field = page.locator(`.option input[aria-label="${option.name}"]`);
  if ((await field.count()) === 0) await page.getByRole('button', { name: `+ ${option.name}`, exact: true }).click();
  if (option.type === ATTACHMENT) {
    await field.setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: PICTURE });
  } else if (LISTED_TYPES.has(option.type) || option.choices.length > 0) {
    await field.focus();
    await page.locator('.command-lists .picker:not([hidden]) .picker-line').first().click();
  } else {
    await field.fill(NUMBERS.has(option.type) ? String(option.min ?? 1) : textFor(option));
  }
}

function textFor({ min = 1, max = 4000 }: PageOption): string {
  return 'a tram climbing through fog'.padEnd(min, '.').slice(0, max);
}

/** Fills in and sends the form that is open, if one is; gives up on it where the bot wants something else. */
export async function walkModal(page: Page, rig: PageRig): Promise<void> {
  const modal = page.locator('dialog.modal[open]');
  if ((await modal.count()) === 0) return;
  for (const field of await modal.locator('input[type="text"]:not(.select-search), textarea').all()) {
    if ((await field.inputValue()) === '') await field.fill('12');
  }
  for (const field of await modal.locator('input[type="file"]').all()) {
    await field.setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: PICTURE });
  }
  for (const box of await modal.locator('.select-box').all()) await pickFirst(page, box);
  for (const box of await modal.locator('input[type="radio"], input[type="checkbox"]').all()) await box.check();
  await modal.getByRole('button', { name: 'Submit' }).click();
  await page.waitForFunction(() => {
    const dialog = document.querySelector('dialog.modal');
    return dialog === null || dialog.querySelector('button[type="submit"]:enabled') !== null;
  });
  if ((await modal.count()) > 0) await modal.getByRole('button', { name: 'Cancel' }).click();
  await finish(page, rig);
}

/**
 * Uses every control of a message that can be used, each once; returns how many those were. Of kinds that are known
 * already, none; those it meets are known from then on.
 */
export async function walkControls(
  page: Page,
  rig: PageRig,
  messageId: string,
  known = new Set<string>(),
): Promise<number> {
  const message = page.locator(`.message[data-id="${messageId}"]`);
  const all = await message
    .locator('button.button:enabled, .select-box:enabled')
    .evaluateAll((controls) =>
      controls.map((control) => (control instanceof HTMLElement ? control.dataset['key'] : undefined)),
    );
  const keys = all.filter((key) => !known.has(kindOf(key)));
  for (const key of keys) known.add(kindOf(key));
  for (const key of keys) {
    const control = message.locator(`[data-key="${key}"]:enabled`);
    const [isBox] = await control.evaluateAll((found) => found.map((element) => element.matches('.select-box')));
    if (isBox === undefined) continue;
    // What is far from view is not painted, and Playwright takes it for invisible.
    await message.evaluate((view) => view.scrollIntoView());
    await (isBox ? pickFirst(page, control) : clickWhileThere(control));
    await finish(page, rig);
    await walkModal(page, rig);
  }
  return keys.length;
}

/** An answer to the control before may arrive late, and take this one away. */
async function clickWhileThere(control: Locator): Promise<void> {
  const gone = control.waitFor({ state: 'detached', timeout: CLICK_MS }).catch((thrown: unknown) => thrown);
  const clicked = control.click({ timeout: CLICK_MS }).catch((thrown: unknown) => thrown);
  const thrown = await Promise.race([clicked, gone]);
  if (thrown !== undefined && (await control.count()) > 0) throw thrown;
}

/** What stands first in a control's custom id; before it, its key may have its message's id. */
function kindOf(key = ''): string {
  return /^(?:\d+:)?([^:]*)/.exec(key)?.[1] ?? '';
}

async function pickFirst(page: Page, box: Locator): Promise<void> {
  await clickWhileThere(box);
  const lines = page.locator('.select-panel:not([hidden]) .picker-line');
  if ((await lines.count()) > 0) await lines.first().click();
  if ((await page.locator('.select-panel:not([hidden])').count()) > 0) await page.keyboard.press('Escape');
}
