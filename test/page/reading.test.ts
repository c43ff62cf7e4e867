import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';

const BURST = 40;

describe.skipIf(isWithoutBrowser)('where one reads', () => {
  const suite = usePage();

  const sendMany = (count: number, channelId: string = ids.showcase) => {
    const member = suite.rig.discord.people(ids.moderator);
    for (let index = 0; index < count; index += 1) member.send(channelId, `**Line ${index}**\nsecond\nthird`);
  };
  const openShowcase = () => suite.browser.open(suite.rig.at(ids.member, ids.showcase));

  it('keeps the newest message in view through a burst', async () => {
    const page = await openShowcase();
    sendMany(15);
    await expect.poll(() => page.locator('.flow > .message').count()).toBe(15);

    for (let sent = 0; sent < BURST; sent += 4) {
      sendMany(4);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await expect.poll(() => page.locator('.flow > .message').count()).toBe(15 + BURST);

    await expect.poll(() => toEnd(page)).toBeLessThan(2);
    await page.context().close();
  });

  it('stays where one has scrolled to while messages come', async () => {
    const page = await openShowcase();
    const opened = await settledCount(page);
    sendMany(30);
    const known = opened + 30;
    await expect.poll(() => page.locator('.flow > .message').count()).toBe(known);
    await page.locator('.messages').hover();
    await wheel(page, -600);
    await expect.poll(() => toEnd(page)).toBeGreaterThan(300);
    await still(page);
    const before = await topmost(page);

    sendMany(5);
    await expect.poll(() => page.locator('.flow > .message').count()).toBe(known + 5);
    await painted(page);

    expect(await topmost(page)).toBe(before);
    await page.context().close();
  });

  it('comes back to the message that one read, after a reload and from another channel', async () => {
    sendMany(60);
    const page = await openShowcase();
    await expect.poll(() => page.locator('.flow > .message').count()).toBeGreaterThan(50);
    await page.locator('.messages').focus();
    // On the way up, messages get their real heights, and the browser may stop short of the top.
    await expect.poll(() => page.keyboard.press('Home').then(() => scrollTop(page))).toBe(0);
    await still(page);
    await page.mouse.move(700, 400);
    await wheel(page, 900);
    await expect.poll(() => scrollTop(page)).toBeGreaterThan(600);
    await still(page);
    const before = await topmost(page);

    await page.reload();
    await page.locator('.flow > .message').first().waitFor({ state: 'attached' });
    await painted(page);
    await expect.poll(() => topmost(page)).toBe(before);
    await page.getByRole('button', { name: 'general' }).click();
    await page.locator('.channel-head h1', { hasText: 'general' }).waitFor();
    await page.getByRole('button', { name: 'showcase' }).click();
    await page.locator('.channel-head h1', { hasText: 'showcase' }).waitFor();
    await painted(page);

    await expect.poll(() => topmost(page)).toBe(before);
    await page.context().close();
  });
});

/** How far the end of the messages is below what one sees, in pixels. */
function toEnd(page: Page): Promise<number> {
  return page.locator('.messages').evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
}

function scrollTop(page: Page): Promise<number> {
  return page.locator('.messages').evaluate((list) => list.scrollTop);
}

/** How many messages a channel has once those that it opened with are there. */
async function settledCount(page: Page): Promise<number> {
  await page.locator('.flow > .message').first().waitFor({ state: 'attached' });
  await painted(page);
  return page.locator('.flow > .message').count();
}

/** Turns the wheel, and waits until the list has moved as far as it goes. */
async function wheel(page: Page, by: number): Promise<void> {
  await page.locator('.messages').evaluate((list) => {
    const ended = new Promise((resolve) => list.addEventListener('scrollend', resolve, { once: true }));
    Object.assign(window, { ended });
  });
  await page.mouse.wheel(0, by);
  await page.evaluate(() => Reflect.get(window, 'ended'));
}

/** Waits until nothing scrolls any more. */
async function still(page: Page): Promise<void> {
  await page.locator('.messages').evaluate(async (list) => {
    for (let seen = -1, same = 0; same < 8; same = seen === list.scrollTop ? same + 1 : 0) {
      seen = list.scrollTop;
      await new Promise(requestAnimationFrame);
    }
  });
}

/** The id of the first message that can be seen. */
function topmost(page: Page): Promise<string | null | undefined> {
  return page.locator('.messages').evaluate((list) => {
    const { top } = list.getBoundingClientRect();
    const views = [...list.querySelectorAll('.flow > .message')];
    return views.find((view) => view.getBoundingClientRect().bottom > top + 1)?.getAttribute('data-id');
  });
}

/** Waits until what has changed was laid out, observed and scrolled. */
async function painted(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
  });
}
