import { describe, expect, it } from 'vitest';
import { caughtUp, isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { messageIds } from './typing.ts';
import { failures, finish, readCommands, walkCommand, walkControls, walkModal } from './walk.ts';

/**
 * Walks over whatever is registered, without knowing what it is: a new command is covered as soon as the bot has it.
 */
describe.skipIf(isWithoutBrowser)('every command and control in a browser', () => {
  const suite = usePage((rig) => {
    rig.finishedGrid('a tram climbing through fog');
  });

  it.each([
    ['the owner', ids.owner, ids.general, true],
    ['a moderator', ids.moderator, ids.moderation, false],
    ['a member', ids.member, ids.general, false],
    ['a member in a thread', ids.member, ids.thread, false],
    ['someone of a second server', ids.outsider, ids.otherGeneral, false],
  ])('answers %s', { timeout: 900_000 }, async (_, userId, channelId, withAll) => {
    const { slash } = await readCommands(suite.rig.url, userId, channelId);
    const page = await suite.browser.open(suite.rig.at(userId, channelId));
    const wrong: string[] = [];

    for (const command of slash) {
      await caughtUp(page);
      const before = new Set(await messageIds(page));
      await walkCommand(page, suite.rig, { command, withAll });
      const fresh = (await messageIds(page)).filter((id) => !before.has(id));
      for (const id of fresh) await walkControls(page, suite.rig, id);
      wrong.push(...(await failures(page)).map((failure) => `/${command.path}: ${failure}`));
      await page.reload();
      await page.locator('.channel-start').waitFor();
    }

    expect(slash.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
    await page.context().close();
  });

  it('answers every command of a message’s menu', async () => {
    const { message } = await readCommands(suite.rig.url, ids.moderator, ids.showcase);
    suite.rig.discord.people(ids.member).send(ids.showcase, 'look at this');
    const page = await suite.browser.open(suite.rig.at(ids.moderator, ids.showcase));

    for (const name of message) {
      await page.locator('.message', { hasText: 'look at this' }).click({ button: 'right' });
      await page.locator('.context-menu .picker-line', { hasText: name }).first().click();
      await finish(page, suite.rig);
      await walkModal(page, suite.rig);
    }

    expect(await failures(page)).toEqual([]);
    await page.context().close();
  });
});
