import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { answerTo, controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';

describe('/setup, over sockets', () => {
  let world: World;
  let card: string;

  beforeEach(async () => {
    world = await startWorld();
    card = (await world.owner.command(ids.general, { path: 'setup' })).message?.id ?? '';
  });
  afterEach(() => world.close());

  const pick = (name: string, values: readonly string[]) => world.owner.select(card, name, values);
  const pickedIn = ({ message }: SeenInteraction, name: string) =>
    walk(message?.components).find((part) => part['custom_id'] === name)?.['default_values'];
  const undo = async ({ message }: SeenInteraction, name = 'setup-undo') =>
    world.owner.press(card, controlOf(message, name));
  const imagine = async () =>
    textOf((await world.member.command(ids.general, { path: 'imagine', options: { prompt: 'a fox' } })).message);

  it('is one private card with a select for each decision', async () => {
    const [message] = world.owner.messages(ids.general).slice(-1);

    expect(Number(message?.flags) & 64).toBe(64);
    for (const name of ['setup-creators', 'setup-results', 'setup-review', 'setup-alerts'])
      expect(controlOf(message, name)).toBe(name);
  });

  it('lets a role create, all of it in one pick, and takes it back', async () => {
    expect(await imagine()).toContain('You may not');

    const changed = await pick('setup-creators', [ids.artistRole]);

    expect(textOf(changed.message)).toContain(`<@&${ids.artistRole}> can create now.`);
    expect(pickedIn(changed, 'setup-creators')).toMatchObject([{ id: ids.artistRole, type: 'role' }]);
    expect(await imagine()).not.toContain('You may not');

    const undone = await undo(changed);

    expect(textOf(undone.message)).toContain('Undone');
    expect(pickedIn(undone, 'setup-creators')).toBeUndefined();
    expect(await imagine()).toContain('You may not');
  });

  it('lets everyone create by one click, and no longer by another', async () => {
    const on = await world.owner.press(card, 'setup-everyone');
    expect(textOf(on.message)).toContain('@everyone can create now.');
    expect(await imagine()).not.toContain('You may not');

    const off = await world.owner.press(card, 'setup-everyone');
    expect(textOf(off.message)).toContain('@everyone can no longer create.');
    expect(await imagine()).toContain('You may not');
  });

  it('posts results where it was asked to, and no longer after Undo', async () => {
    const changed = await pick('setup-results', [ids.showcase]);
    expect(textOf(changed.message)).toContain(`Results go to <#${ids.showcase}>.`);
    const list = async () => textOf((await world.owner.command(ids.general, { path: 'notify list' })).message);
    expect(await list()).toContain(`<#${ids.showcase}>`);

    await undo(changed, 'setup-undo-results');

    expect(await list()).not.toContain(`<#${ids.showcase}>`);
  });

  it('undoes a change of several channels at once, but not of a rule that was changed since', async () => {
    await pick('setup-results', [ids.showcase]);
    const swapped = await pick('setup-results', [ids.general]);
    const back = await undo(swapped, 'setup-undo-results');
    expect(pickedIn(back, 'setup-results')).toMatchObject([{ id: ids.showcase }]);

    const off = await pick('setup-results', []);
    await world.owner.command(ids.general, { path: 'notify edit', options: { rule: 1, digest: 9 } });
    const refused = await undo(off, 'setup-undo-results');
    expect(textOf(answerTo(refused))).toContain('changed again since');
  });

  it('pauses the rules of a channel that is no longer picked, and resumes them when it is again', async () => {
    await world.owner.command(ids.general, {
      path: 'notify add',
      options: { channel: ids.showcase, verb: 'imagine', digest: 5 },
    });
    await world.owner.command(ids.general, { path: 'setup' });

    const off = await pick('setup-results', []);
    expect(textOf(off.message)).toContain('I paused the rules there');
    const on = await pick('setup-results', [ids.showcase]);

    expect(pickedIn(on, 'setup-results')).toMatchObject([{ id: ids.showcase }]);
    const list = textOf((await world.owner.command(ids.general, { path: 'notify list' })).message);
    expect(list).toMatch(/#1.*only imagine jobs/);
    expect(list).not.toMatch(/paused|#2/);
  });

  it('turns review on where it was asked to, warns where everyone can look, and turns it off', async () => {
    const open = await pick('setup-review', [ids.general]);
    expect(textOf(open.message)).toMatch(/Review is \*\*on\*\*.*Everyone can see/s);

    const closed = await pick('setup-review', [ids.moderation]);
    expect(textOf(closed.message)).not.toContain('Everyone can see');

    const off = await world.owner.press(card, controlOf(closed.message, 'setup-off'));
    expect(textOf(off.message)).toContain('Review is **off**');
    expect(() => controlOf(off.message, 'setup-off')).toThrow();

    expect(pickedIn(await undo(off), 'setup-review')).toMatchObject([{ id: ids.moderation }]);
  });

  it('sends alerts where it was asked to, and takes that back', async () => {
    const changed = await pick('setup-alerts', [ids.moderation]);
    expect(textOf(changed.message)).toContain(`Alerts go to <#${ids.moderation}>`);

    expect(pickedIn(await undo(changed), 'setup-alerts')).toBeUndefined();

    await pick('setup-alerts', [ids.moderation]);
    expect(textOf((await pick('setup-alerts', [])).message)).toContain('Alerts are **off**');
  });

  it.each([
    ['setup-results', ids.showcase],
    ['setup-review', ids.showcase],
    ['setup-alerts', ids.showcase],
  ])('names what the bot lacks in a channel picked in %s, and saves nothing', async (name, channelId) => {
    world.discord.world.setOverwrite(channelId, {
      id: ids.botRole,
      kind: 'role',
      allow: 0n,
      deny: Permission.SendMessages | Permission.AttachFiles,
    });

    await expect
      .poll(async () => textOf((await pick(name, [channelId])).message))
      .toMatch(/I’m missing.*Attach Files.*Send Messages/);

    expect(pickedIn(await world.owner.press(card, 'setup-everyone'), name)).toBeUndefined();
  });

  it('warns of a channel that was taken away from the bot later', async () => {
    await pick('setup-results', [ids.showcase]);
    world.discord.world.setOverwrite(ids.showcase, {
      id: ids.botRole,
      kind: 'role',
      allow: 0n,
      deny: Permission.SendMessages,
    });

    const again = async () => textOf((await world.owner.command(ids.general, { path: 'setup' })).message);

    await expect.poll(again).toMatch(/I’m missing \*\*Send Messages\*\*/);
  });

  it('shows a sample with a picture, privately, on which nothing can be clicked', async () => {
    const message = answerTo(await world.owner.press(card, 'setup-sample'));

    expect(textOf(message)).toMatch(/A sample.*lighthouse/s);
    expect(textOf(message)).toContain('sample.jpg');
    const controls = walk(message?.components).filter((part) => part['custom_id'] !== undefined);
    expect(controls.length).toBeGreaterThan(0);
    expect(controls.filter((part) => part['disabled'] !== true)).toEqual([]);
  });

  it('is not offered to those without Manage Server', async () => {
    const offered = (userId: string) =>
      world.discord
        .people(userId)
        .commands(ids.general)
        .map(({ name }) => name);

    expect(offered(ids.owner)).toContain('setup');
    expect(offered(ids.member)).not.toContain('setup');
    expect(offered(ids.moderator)).not.toContain('setup');
  });
});
