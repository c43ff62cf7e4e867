import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask, messageWith, openCommand } from './typing.ts';

/** What a browser window of 1280 × 800 has at 200 %. */
const ZOOMED = { viewport: { width: 640, height: 400 } };

describe.skipIf(isWithoutBrowser)('the page at 200 %', () => {
  const suite = usePage();

  it('shows every list whole: commands, options, selects', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.owner), ZOOMED);
    const found: string[] = [];
    const look = async (name: string, selector: string) => {
      await expect.poll(() => isWhole(page, selector), { message: name }).toBe(true);
      found.push(name);
    };

    await page.locator('.composer-input').click();
    await page.keyboard.type('/');
    await page.locator('.composer > .picker .picker-line').first().waitFor();
    await look('commands', '.composer > .picker');
    await page.keyboard.press('Escape');
    await openCommand(page, 'notify add');
    await page.locator('.command-lists .picker:not([hidden]) .picker-line').first().waitFor();
    await look('options', '.command-lists .picker:not([hidden])');
    await look('the line of options', '.command-line');
    await page.getByRole('button', { name: 'Leave this command' }).click();
    await (await ask(page, 'jobs')).locator('.select-box').click();
    await page.locator('.select-panel:not([hidden]) .picker-line').first().waitFor();
    await look('a select', '.select-panel:not([hidden])');

    expect(found).toHaveLength(4);
    await page.context().close();
  });
});

describe.skipIf(isWithoutBrowser)('what sends, at 200 %', () => {
  const suite = usePage();

  it('is in view without scrolling: of a command with all its options, and of a form', async () => {
    const { rig, browser } = suite;
    const page = await browser.open(rig.at(ids.owner), ZOOMED);
    await openCommand(page, 'notify add');
    for (const adder of await page.locator('.option-adder').allTextContents())
      await page.getByRole('button', { name: adder, exact: true }).click();
    const send = page.getByRole('button', { name: 'Send /notify add' });
    await expect.poll(() => isOnTop(send)).toBe(true);
    await page.getByRole('button', { name: 'Leave this command' }).click();
    await rig.runningJob('a crowded harbour');
    await rig.endAll();
    const card = await ask(page, 'job show', { job: 'a crowded harbour' });
    const choice = await answerTo(page, () => card.getByRole('button', { name: 'Remix…' }).click());
    await choice.locator('.select-box').click();
    await page.locator('.select-panel:not([hidden]) .picker-line').first().click();
    const submit = page.locator('.modal').getByRole('button', { name: 'Submit' });
    await submit.waitFor();

    await expect.poll(() => isOnTop(submit)).toBe(true);
    await page.context().close();
  });
});

describe.skipIf(isWithoutBrowser)('pictures that are hidden', () => {
  const suite = usePage();

  it('say so until they are asked for', async () => {
    const { rig, browser } = suite;
    const owner = rig.discord.people(ids.owner);
    await owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase, media: 'spoiler' } });
    await rig.runningJob('a veiled statue');
    await rig.endAll();
    const page = await browser.open(rig.at(ids.member, ids.showcase));
    const picture = messageWith(page, 'a veiled statue').locator('.media').first();
    await picture.waitFor();
    const label = () => picture.evaluate((view) => getComputedStyle(view, '::after').content);
    const covered = await label();

    await picture.click();

    expect(covered).toBe('"SPOILER"');
    await expect.poll(label).toBe('none');
    await page.context().close();
  });
});

/** Whether a click where it is would meet it. */
function isOnTop(element: Locator): Promise<boolean> {
  return element.evaluate((view) => {
    const { top, bottom, left, right } = view.getBoundingClientRect();
    return view.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
  });
}

/** Whether an element lies in the window with all its edges, below the head. */
function isWhole(page: Page, selector: string): Promise<boolean> {
  return page.locator(selector).evaluate((view) => {
    const { top, bottom, left, right } = view.getBoundingClientRect();
    const head = document.querySelector('.channel-head')?.getBoundingClientRect().bottom ?? 0;
    return top >= head && bottom <= innerHeight && left >= 0 && right <= innerWidth;
  });
}
