import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { OWN_ACCOUNT_SECRET } from '../../sandbox/account-to-bring.ts';
import { isWithoutBrowser } from './browser.ts';
import { CONTROL_PLAN } from './control-plan.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { answerTo, ask, pickLine } from './typing.ts';
import { controlsOf, UsedControls } from './used-controls.ts';
import { failures } from './walk.ts';

const DESKTOP = { viewport: { width: 1440, height: 980 } };

describe.skipIf(isWithoutBrowser)('/setup and /help in a browser', () => {
  // The bot is invited while it runs, so that it greets.
  const suite = usePage(
    ({ discord: { world, applicationId } }) => {
      world.updateGuild(ids.guild, { systemChannelId: ids.general });
      world.addMember(ids.guild, applicationId, [ids.botRole]);
    },
    { prepare: ({ world, applicationId }) => world.removeMember(ids.guild, applicationId) },
  );
  const used = new UsedControls();
  const openAs = async (...who: [string, string?]) =>
    used.watch(await suite.browser.open(suite.rig.at(...who), DESKTOP));

  /** Names of the commands that a person is offered. */
  async function offered(page: Page): Promise<readonly string[]> {
    await page.locator('.composer-input').click();
    await page.keyboard.type('/');
    const lines = page.locator('.composer > .picker .picker-line');
    await lines.first().waitFor();
    const names = await lines.allTextContents();
    await page.keyboard.press('Escape');
    return names;
  }

  /** Fills in the form of the server's own account with a secret alone. */
  async function bring(page: Page, card: Locator, secret: string): Promise<void> {
    await controlsOf(card, 'setup-account').click();
    const form = page.locator('dialog.modal[open]');
    await form.getByRole('textbox', { name: 'Secret' }).fill(secret);
    await form.getByRole('button', { name: 'Submit' }).click();
    await form.waitFor({ state: 'detached' });
  }

  it('is offered by the greeting: the owner opens it there, a member reads what is missing', async () => {
    const [owner, member] = [await openAs(ids.owner), await openAs(ids.member)];

    const open = (page: Page) => answerTo(page, () => controlsOf(page, 'setup-open').click());
    const [card, refusal] = [await open(owner), await open(member)];

    expect(await controlsOf(card, 'setup-creators').count()).toBe(1);
    expect(await controlsOf(refusal, 'setup-creators').count()).toBe(0);
    expect(await refusal.textContent()).toContain('Manage Server');
    await owner.context().close();
    await member.context().close();
  });

  it('lets everyone create, and turns alerts on and off', async () => {
    const [owner, member] = [await openAs(ids.owner), await openAs(ids.member)];
    const card = await ask(owner, 'setup');

    await controlsOf(card, 'setup-everyone').click();
    await card.getByText('can create now').waitFor();
    await ask(member, 'imagine', { prompt: 'a fox in the fog' });
    await controlsOf(card, 'setup-undo').click();
    await card.getByText('Undone').waitFor();
    await pickLine(owner, card.locator('.select-box').nth(3), 'moderation');
    await card.getByText('Alerts go to').waitFor();
    await controlsOf(card, 'setup-off').click();
    await card.getByText('Alerts are off').waitFor();

    const prompts = () => suite.rig.useapi.world.list().map(({ prompt }) => prompt);
    await expect.poll(prompts).toContain('a fox in the fog');
    expect([await failures(owner), await failures(member)]).toEqual([[], []]);
    await owner.context().close();
    await member.context().close();
  });

  it('sets a server up: a role creates, results go to a channel, and each is undone by a click', async () => {
    const page = await openAs(ids.owner);
    const card = await ask(page, 'setup');

    await card.locator('.select-box').nth(0).click();
    const roles = await page.locator('.select-panel:not([hidden]) .picker-line').allTextContents();
    await page.keyboard.press('Escape');
    expect(roles).toEqual(expect.arrayContaining(['@everyone', '@Artist']));
    await pickLine(page, card.locator('.select-box').nth(0), 'Artist');
    await card.getByText('can create now').waitFor();
    await pickLine(page, card.locator('.select-box').nth(1), 'showcase');
    await card.getByText('Results go to').waitFor();
    await card.getByRole('button', { name: 'Undo' }).click();
    await card.getByText('Undone').waitFor();

    await pickLine(page, card.locator('.select-box').nth(2), 'moderation');
    await card.getByText('Review is').waitFor();
    await pickLine(page, card.locator('.select-box').nth(2), 'moderation');
    await card.getByText('Review is off').waitFor();

    expect(await card.locator('.select-box').nth(0).textContent()).toContain('Artist');
    expect(await card.locator('.select-box').nth(1).textContent()).not.toContain('showcase');
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('brings an account of the server’s own, on which its jobs run, and removes it after a question', async () => {
    const page = await openAs(ids.owner);
    const card = await ask(page, 'setup');
    await bring(page, card, 'not-the-secret');
    await card.getByText('doesn’t accept this secret').waitFor();
    await bring(page, card, OWN_ACCOUNT_SECRET);
    await card.getByText('New jobs run on your own account now').waitFor();
    const shot = process.env['SETUP_SHOT'];
    if (shot !== undefined) await card.screenshot({ path: shot });

    await ask(page, 'imagine', { prompt: 'a heron on our own account' });
    const prompts = () => suite.rig.own.world.list().map(({ prompt }) => prompt);
    await expect.poll(prompts).toEqual(['a heron on our own account']);

    await controlsOf(card, 'setup-account-ask').click();
    await page.getByText('Remove this server’s own account?').first().waitFor();
    await controlsOf(page, 'setup-account-remove').last().click();
    await page.getByText('I no longer have its secret').first().waitFor();
    await (await ask(page, 'setup')).getByText('Bring an account').first().waitFor();

    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('shows a sample with its picture', async () => {
    const page = await openAs(ids.owner);
    const card = await ask(page, 'setup');

    const sample = await answerTo(page, () => card.getByRole('button', { name: 'Show a sample' }).click());
    await sample.locator('.media img').first().waitFor();
    expect(await sample.getByRole('button', { name: 'U1' }).isDisabled()).toBe(true);
    await page.context().close();
  });

  it.each([
    ['owner', ids.owner, true],
    ['moderator', ids.moderator, false],
    ['member', ids.member, false],
  ] as const)('offers the %s what is theirs, and says what they can do', async (_name, userId, isForModerators) => {
    const page = await openAs(userId);
    const names = (await offered(page)).join(' ');
    for (const name of ['/setup', '/notify', '/mod']) expect(names.includes(name), name).toBe(isForModerators);

    const help = await ask(page, 'help');
    await help.getByText('See what’s going on').waitFor();

    expect(await help.getByText('Run this server').count()).toBe(isForModerators ? 1 : 0);
    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });

  it('uses each kind of control that is this file’s', () => used.expectAll(CONTROL_PLAN['setup.test.ts']));
});
