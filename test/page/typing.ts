import type { Locator, Page } from 'playwright-core';

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
  await page.getByRole('button', { name: `Send /${path}` }).click();
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

/** The newest message with some text in it. */
export function messageWith(page: Page, text: string | RegExp): Locator {
  return page.locator('.message', { hasText: text }).last();
}

/** The newest message of the channel, once it is there and no longer "thinking". */
export async function newestAnswer(page: Page): Promise<Locator> {
  await page.locator('.thinking').waitFor({ state: 'detached' });
  return page.locator('.flow > .message').last();
}
