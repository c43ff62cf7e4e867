import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';

describe('/mod, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  /** Needs `share`, and finds nothing. */
  const remove = { path: 'watch remove', options: { job: 'aaaaaaaa' } };
  const mod = (path: string, options = {}) => world.owner.command(ids.general, { path: `mod ${path}`, options });
  const textAfter = async (path: string, options = {}) => textOf((await mod(path, options)).message);

  /** What a file that a message carries holds, read where Discord keeps it. */
  async function fileOf(message: Awaited<ReturnType<typeof mod>>['message']): Promise<string> {
    const [url = ''] = /http[^"]+/.exec(JSON.stringify(walk(message?.components).map((part) => part['file']))) ?? [];
    return (await fetch(url)).text();
  }

  it('shows every setting as it is by default', async () => {
    const text = await textAfter('settings');

    expect(text).toContain('only the defaults');
    expect(text).toContain('no limits');
    expect(text).toContain('Review** off');
    expect(text).toContain('kept forever');
  });

  it('lets a role do something, keeps it from it, and takes both back', async () => {
    const allowed = await textAfter('allow', { action: 'share', role: ids.artistRole });
    const shown = await world.member.command(ids.general, remove);
    const denied = await textAfter('deny', { action: 'share', role: ids.artistRole });
    const hidden = await world.member.command(ids.general, remove);
    const undone = await textAfter('undo', { entry: 2 });
    const shownAgain = await world.member.command(ids.general, remove);

    expect(allowed).toContain('is **allowed** (was default)');
    expect(allowed).toContain('mod-undo:1');
    expect(textOf(shown.message)).toContain('no such job');
    expect(denied).toContain('is **denied** (was allowed)');
    expect(textOf(hidden.message)).toContain(`it’s denied to <@&${ids.artistRole}>`);
    expect(undone).toContain('is **allowed** (was denied)');
    expect(textOf(shownAgain.message)).toContain('no such job');
  });

  it('says that nothing was changed where it was so before', async () => {
    await mod('allow', { action: 'share', role: ids.artistRole });

    expect(await textAfter('allow', { action: 'share', role: ids.artistRole })).toContain('Nothing changed');
  });

  it('shows of every action whether a member may do it, why, and what would help', async () => {
    await mod('deny', { action: 'view', role: ids.artistRole });
    await mod('allow', { action: 'press', role: ids.artistRole });

    const member = await textAfter('permissions', { member: ids.member });
    const moderator = await textAfter('permissions', { member: ids.moderator });
    const owner = await textAfter('permissions', { member: ids.owner });

    expect(member).toContain(`❌ \`view\` look at jobs\\n-# Denied for <@&${ids.artistRole}>. To fix: allow it for`);
    expect(member).toContain(`✅ \`press\` click the buttons of jobs\\n-# Allowed for <@&${ids.artistRole}>`);
    expect(member).toMatch(
      /\*\*Manage Messages\*\*.*❌ `submit` start jobs\\n.*-# Doesn’t have the permission\. To fix: give them \*\*Manage Messages\*\*/s,
    );
    expect(member.match(/give them \*\*Manage Messages\*\*/g)).toHaveLength(1);
    expect(moderator).toMatch(/✅ `submit` start jobs\\n.*-# Has the permission/s);
    expect(owner).toMatch(/✅ `configure` change the settings\\n.*-# Owns the server/);
  });

  it('says the same in its table as the handlers do, in a channel that changes what roles may', async () => {
    const MANAGE_MESSAGES = 1n << 13n;
    const { world: outside } = world.discord;
    outside.setOverwrite(ids.general, { id: ids.moderatorRole, kind: 'role', allow: 0n, deny: MANAGE_MESSAGES });
    outside.setOverwrite(ids.showcase, { id: ids.member, kind: 'member', allow: MANAGE_MESSAGES, deny: 0n });
    const say = async (member: 'moderator' | 'member', channelId: string) => {
      const options = { member: ids[member] };
      const table = await world.owner.command(channelId, { path: 'mod permissions', options });
      const done = await world[member].command(channelId, remove);
      return { table: textOf(table.message), isRefused: textOf(done.message).includes('You may not share') };
    };

    const kept = await say('moderator', ids.general);
    const same = await say('moderator', ids.showcase);
    const given = await say('member', ids.showcase);
    const thread = await say('moderator', ids.thread);

    expect(kept.table).toContain(`<@${ids.moderator}> can do in <#${ids.general}>`);
    expect(kept.table).toContain('❌ `share` share jobs with the channel\\n-# Doesn’t have the permission');
    expect(kept.isRefused).toBe(true);
    expect(same.table).toContain(`in <#${ids.showcase}>`);
    expect(same.table).toContain('✅ `share` share jobs with the channel\\n-# Has the permission');
    expect(same.isRefused).toBe(false);
    expect(given.table).toContain('✅ `share` share jobs with the channel\\n-# Has the permission');
    expect(given.isRefused).toBe(false);
    expect(thread.table).toContain('❌ `share` share jobs with the channel\\n-# Doesn’t have the permission');
    expect(thread.isRefused).toBe(true);
  });

  it('sets quotas of each scope, and refuses a role where none belongs', async () => {
    const each = await textAfter('quota', { scope: 'member', 'per-day': 20 });
    const role = await textAfter('quota', { scope: 'role', 'per-day': 50, role: ids.artistRole });
    const noRole = await textAfter('quota', { scope: 'role', 'per-day': 5 });
    const tooMuch = await textAfter('quota', { scope: 'server', 'per-day': 5, role: ids.artistRole });
    const off = await textAfter('quota', { scope: 'member', 'per-day': 0 });

    expect(each).toContain('Jobs a day for each member: **20** (was no limit)');
    expect(role).toContain(`Jobs a day for <@&${ids.artistRole}>: **50** (was no limit)`);
    expect(noRole).toContain('Pick the `role`');
    expect(tooMuch).toContain('Leave it out');
    expect(off).toContain('**no limit** (was 20)');
    expect(await textAfter('settings')).toContain(`<@&${ids.artistRole}> 50`);
  });

  it('shows the usage of a month, and says what a month looks like', async () => {
    expect(await textAfter('usage')).toContain('None.');
    expect(await textAfter('usage', { month: '2025-13' })).toContain('Write it like 2025-10');
  });

  it('lists words, once however they are written, and takes them off', async () => {
    const added = await textAfter('words add', { word: 'Blood *bath*' });
    // biome-ignore lint/suspicious/noThenProperty: an option of the command; never awaited.
    await mod('words add', { word: 'blood BATH', then: 'review' });
    const accents = await textAfter('words add', { word: 'Göré' });
    await mod('words remove', { word: 'gore' });
    const list = await textAfter('words list');
    const removed = await textAfter('words remove', { word: 'blood bath' });
    const unknown = await textAfter('words remove', { word: 'blood bath' });
    const empty = await textAfter('words add', { word: '...' });

    expect(added).toContain('is **refused** (was not listed)');
    expect(accents).toContain('I look for “gore” instead of “Göré”');
    expect(list).toContain('1 listed word');
    expect(list).toContain('blood BATH: reviewed first');
    expect(removed).toContain('is **not listed**');
    expect(unknown).toContain('That word isn’t listed');
    expect(empty).toContain('at least one letter');
  });

  it('turns the pages of a long word list', async () => {
    for (let at = 0; at < 41; at += 1) await mod('words add', { word: `word${at}` });
    const { message } = await mod('words list');

    const next = await world.owner.press(message?.id ?? '', controlOf(message, 'mod-words', 'Next ▶'));

    expect(textOf(message)).not.toContain('word40:');
    expect(textOf(next.message)).toContain('word40: refused');
  });

  it('says how to show a command that Discord hides from those who may use it now', async () => {
    const allow = (action: string) => textAfter('allow', { action, role: ids.artistRole });

    const rules = await allow('rules');
    const audit = await allow('audit');
    const configure = await allow('configure');
    const press = await allow('press');

    expect(rules).toMatch(
      /hides `\/notify` and `Explain notification` from members without \*\*Manage Server.*Server Settings → Integrations/,
    );
    expect(audit).toMatch(/hides `\/mod`, `\/notify` and `\/doctor` from members/);
    expect(configure).toMatch(/hides `\/mod` and `\/setup` from members/);
    expect(press).not.toContain('hides');
  });

  it('sets review and alerts, warns of a channel that all can see, and refuses one where it may not post', async () => {
    const warned = await textAfter('review', { mode: 'on', channel: ids.general });
    const fine = await textAfter('review', {
      mode: 'on',
      channel: ids.moderation,
      quorum: 2,
      'timeout-hours': 24,
      'on-timeout': 'drop',
    });
    const off = await textAfter('review', { mode: 'off' });
    world.discord.world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny: 1n << 11n });
    const refused = await textAfter('alerts', { channel: ids.showcase });
    const alerts = await textAfter('alerts', { channel: ids.moderation });
    const shown = await textAfter('alerts');
    const silent = await textAfter('alerts', { mode: 'off' });

    expect(warned).toContain('Everyone can see');
    expect(fine).toContain(
      `Review is **on** in <#${ids.moderation}>, 2 matching votes needed, dropped after 24 hours (was on in`,
    );
    expect(fine).not.toContain('Everyone');
    expect(off).toContain('Review is **off** (was on in');
    expect(refused).toContain('Send Messages');
    expect(alerts).toContain(`Alerts are **on** in <#${ids.moderation}> (was off)`);
    expect(shown).toContain(`Alerts are **on** in <#${ids.moderation}>`);
    expect(silent).toContain('Alerts are **off**');
  });

  it('keeps a numbered log of every change, in pages and by filter', async () => {
    for (let at = 0; at < 12; at += 1) await mod('words add', { word: `word${at}` });
    await mod('allow', { action: 'share', role: ids.artistRole });
    const { message } = await mod('log');

    const older = await world.owner.press(message?.id ?? '', controlOf(message, 'mod-log', 'Older ▶'));
    const filtered = await textAfter('log', { action: 'permission-change', member: ids.owner });
    const ofNobody = await textAfter('log', { member: ids.member });

    expect(textOf(message)).toMatch(/#13\*\*.*#4\*\*/s);
    expect(textOf(older.message)).toMatch(/#3\*\*.*#1\*\*/s);
    expect(filtered).toContain('#13**');
    expect(filtered).not.toContain('#12**');
    expect(ofNobody).toContain('Nothing logged that matches');
  });

  it('finds nothing in the log about a job that it does not know', async () => {
    const jobid = 'j0101010101000000000i-u1-c1-bot:midjourney';

    expect(await textAfter('log', { job: jobid })).toContain('Nothing logged that matches');
  });

  it('hands the log out as a file of JSON lines', async () => {
    await mod('words add', { word: 'castle' });
    await mod('retention', { days: 30 });

    const lines = (await fileOf((await mod('export')).message)).trim().split('\n');

    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { number: 1, actorId: ids.owner, action: 'setting-change', after: { 'word/castle': { word: 'castle' } } },
      { number: 2, after: { logRetentionDays: 30 } },
    ]);
  });

  it('takes a change back by its entry, and says why it cannot', async () => {
    await mod('retention', { days: 30 });
    await mod('retention', { days: 60 });

    const changedSince = await textAfter('undo', { entry: 1 });
    const undone = await textAfter('undo', { entry: 2 });
    const unknown = await textAfter('undo', { entry: 99 });

    expect(changedSince).toContain('changed again by #2');
    expect(undone).toContain('**for 30 days** (was for 60 days)');
    expect(unknown).toContain('no entry #99');
  });

  it('hands out what is kept about a member, and deletes the name after asking', async () => {
    await mod('words add', { word: 'castle' });
    const exported = await fileOf((await mod('privacy', { member: ids.owner, what: 'export' })).message);
    const question = (await mod('privacy', { member: ids.owner, what: 'delete' })).message;
    const before = await textAfter('log');
    const done = await world.owner.press(question?.id ?? '', controlOf(question, 'mod-privacy-yes'));

    expect(JSON.parse(exported.trim())).toMatchObject({ actorId: ids.owner });
    expect(before).toContain(`<@${ids.owner}>`);
    expect(textOf(done.message)).toMatch(/deleted\\+-[0-9a-f]{8} replaces their name/);
    for (const { message } of [{ message: question }, done]) expect(textOf(message)).toContain('for up to 62 days');
    expect(await textAfter('log')).not.toContain(`<@${ids.owner}>`);
  });

  it('undoes a change where it was said, and that undo too', async () => {
    const { message } = await mod('review', { mode: 'on', channel: ids.moderation });

    const undone = await world.owner.press(message?.id ?? '', controlOf(message, 'mod-undo'));
    const first = textOf(undone.message);
    const again = await world.owner.press(undone.message?.id ?? '', controlOf(undone.message, 'mod-undo'));

    expect(textOf(message)).toContain(`✅ Review is **on** in <#${ids.moderation}> (was off)`);
    expect(first).toContain(`↩️ Undone: Review is **off** (was on in <#${ids.moderation}>)`);
    expect(textOf(again.message)).toContain('Review is **on**');
  });

  it('keeps a name where that is said', async () => {
    const question = (await mod('privacy', { member: ids.owner, what: 'delete' })).message;

    const kept = await world.owner.press(question?.id ?? '', controlOf(question, 'keep'));

    expect(textOf(kept.message)).toContain('nothing changed');
    expect(await textAfter('log')).not.toContain('deleted');
  });

  it('lets a role read log, usage, settings and deliveries, and change none of them', async () => {
    await mod('allow', { action: 'audit', role: ids.artistRole });
    for (const name of ['mod', 'notify']) world.discord.world.commands.setOverride(ids.guild, name, ids.guild, true);
    const say = async (path: string, options = {}) =>
      textOf((await world.member.command(ids.general, { path, options })).message);

    for (const path of ['mod log', 'mod usage', 'mod settings', 'mod words list', 'notify deliveries'])
      expect(await say(path)).not.toContain('You may not');
    expect(await say('mod retention', { days: 30 })).toContain('You may not change the settings');
    expect(await say('notify list')).toContain('You may not');
  });

  it('keeps everything over a restart', async () => {
    await mod('allow', { action: 'configure', role: ids.artistRole });
    await world.restart();
    world.discord.world.commands.setOverride(ids.guild, 'mod', ids.guild, true);

    const seen = await world.member.command(ids.general, { path: 'mod settings' });

    expect(textOf(seen.message)).toContain(`\`configure\` <@&${ids.artistRole}>`);
  });

  it('is for those who may change settings: every command and control of it', async () => {
    const { message } = await mod('log');
    const paths = ['settings', 'usage', 'words list', 'alerts', 'log', 'export'];
    world.discord.world.commands.setOverride(ids.guild, 'mod', ids.guild, true);

    const seen = await Promise.all(paths.map((path) => world.moderator.command(ids.general, { path: `mod ${path}` })));

    for (const { message: refused } of seen) expect(textOf(refused)).toContain('Manage Server');
    expect(message).toBeDefined();
  });
});
