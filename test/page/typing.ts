import type { Locator, Page } from 'playwright-core';
import { caughtUp } from './browser.ts';

/** Values for a command's options, by name; texts are typed, and where a list opens its first line is taken. */
export type Typed = Readonly<Record<string, string>>;

/** Opens a command's form, as one does: `/`, its name, Enter. */
export async function openCommand(page: Page, path: string): Promise<void> {
  await page.locator('.composer-input').click();
  await page.keyboard.type(`/${path}`);
  await page.locator('.composer > .picker .picker-line').first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.command-form').waitFor();
}

/** Sends a command through the page with the keyboard alone. */
export async function sendCommand(page: Page, path: string, options: Typed = {}): Promise<void> {
  await openCommand(page, path);
  for (const [name, value] of Object.entries(options)) await fillOption(page, name, value);
  await page.getByRole('button', { name: `Send /${path}`, exact: true }).click();
}

/** Sends a command, and returns the answer to it. */
export function ask(page: Page, path: string, options: Typed = {}): Promise<Locator> {
  return answerTo(page, () => sendCommand(page, path, options));
}

export async function fillOption(page: Page, name: string, value: string): Promise<void> {
  const field = page.locator(`.option input[aria-label="${name}"]`);
  if ((await field.count()) === 0) await page.getByRole('button', { name: `+ ${name}`, exact: true }).click();
  await field.fill(value);
}

/** Picks a line of an option's list by its text. */
export async function pickOption(page: Page, name: string, line: string): Promise<void> {
  const field = page.locator(`.option input[aria-label="${name}"]`);
  if ((await field.count()) === 0) await page.getByRole('button', { name: `+ ${name}`, exact: true }).click();
  await field.focus();
  await page.locator('.command-lists .picker:not([hidden]) .picker-line', { hasText: line }).first().click();
}

/** Picks a line of a select by its text, and closes the select. */
export async function pickLine(page: Page, box: Locator, line: string): Promise<void> {
  await box.click();
  await page.locator('.select-panel:not([hidden]) .picker-line', { hasText: line }).first().click();
  await page.keyboard.press('Escape');
}

/** The newest message with some text in it: whichever that is at the time when something is done with it. */
export function messageWith(page: Page, text: string | RegExp): Locator {
  return page.locator('.message', { hasText: text }).last();
}

/** The ids of the messages in view, oldest first. */
export function messageIds(page: Page): Promise<readonly string[]> {
  return page
    .locator('.flow > .message')
    .evaluateAll((views) => views.map((view) => view.getAttribute('data-id') ?? ''));
}

/**
 * The answer that the bot gives to whom the page shows because of an action: that one message, whatever comes after it,
 * once it is there and no longer "thinking".
 */
export async function answerTo(page: Page, act: () => Promise<unknown>): Promise<Locator> {
  await caughtUp(page);
  const known = await messageIds(page);
  await act();
  const found = await page.waitForFunction(findAnswer, known);
  return page.locator(`.message[data-id="${await found.jsonValue()}"]`);
}

/** Runs in the page: the id of a new message that says that this person used something. */
function findAnswer(known: readonly string[]): string | undefined {
  const me = document.querySelector('.member-select option:checked')?.textContent ?? '';
  for (const view of document.querySelectorAll('.flow > .message[data-id]')) {
    const id = view.getAttribute('data-id') ?? '';
    const line = view.querySelector('.invocation');
    const who = line?.querySelector('.invoker')?.textContent ?? '';
    const isMine = who !== '' && me.startsWith(who) && line?.textContent?.includes(`${who} used `) === true;
    if (isMine && !known.includes(id)) return view.querySelector('.thinking') === null ? id : undefined;
  }
  return undefined;
}
