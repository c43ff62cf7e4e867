import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { messageWith } from './typing.ts';

describe.skipIf(isWithoutBrowser)('a command that is pasted or typed whole', () => {
  const suite = usePage();

  it('fills the options, also those that are picked from a list, and can be sent', async () => {
    const jobid = suite.rig.finishedGrid('a swan on a frozen lake');
    const page = await suite.browser.open(suite.rig.at(ids.owner));

    await paste(page, `/job show job:${jobid} public:true`);

    expect(await optionsOf(page)).toEqual({ job: jobid, public: 'True' });
    await page.getByRole('button', { name: 'Send /job show' }).click();
    const card = messageWith(page, 'a swan on a frozen lake');
    await card.getByRole('button', { name: 'U2' }).waitFor();
    expect(await card.textContent()).not.toContain('Only you can see this');
    await page.context().close();
  });

  it('takes channels by name and by mention', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.owner));

    await paste(page, `/notify add channel:<#${ids.showcase}> mention:@Artist prompt:red fox`);
    const byMention = await optionsOf(page);
    await page.getByRole('button', { name: 'Leave this command' }).click();
    await paste(page, '/notify add channel:#showcase');

    expect(byMention).toEqual({ channel: '#showcase', mention: '@Artist', prompt: 'red fox' });
    expect(await optionsOf(page)).toEqual({ channel: '#showcase' });
    await page.getByRole('button', { name: 'Send /notify add' }).click();
    await messageWith(page, 'Rule').waitFor();
    await page.context().close();
  });

  it('goes on in the option where one types on', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member));

    await page.locator('.composer-input').click();
    await page.keyboard.type('/job show job:tram', { delay: 5 });

    expect(await optionsOf(page)).toEqual({ job: 'tram' });
    await page.context().close();
  });
});

/** Puts a text into the box as pasting does. */
async function paste(page: Page, text: string): Promise<void> {
  await page.locator('.composer-input').focus();
  await page.evaluate((pasted) => {
    const box = document.activeElement;
    if (!(box instanceof HTMLInputElement)) return;
    box.value = pasted;
    box.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }));
  }, text);
  await page.locator('.command-form').waitFor();
}

async function optionsOf(page: Page): Promise<Record<string, string>> {
  const entries = await page
    .locator('.option input')
    .evaluateAll((inputs) =>
      inputs.map((input) => (input instanceof HTMLInputElement ? [input.ariaLabel ?? '', input.value] : [])),
    );
  return Object.fromEntries(entries);
}
