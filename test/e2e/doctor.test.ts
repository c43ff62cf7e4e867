import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

const VIEW_CHANNEL = 1n << 10n;
const SEND_MESSAGES = 1n << 11n;
const ATTACH_FILES = 1n << 15n;

describe('/doctor, over sockets', () => {
  let world: World;
  afterEach(() => world.close());

  const ask = (path: string, options = {}) => world.owner.command(ids.general, { path, options });
  const doctor = async () => (await ask('doctor')).message;
  const textAfter = async () => textOf(await doctor());

  describe('of a server with its own rule, review channel and alerts channel', () => {
    beforeEach(async () => {
      world = await startWorld();
      await ask('notify add', { channel: ids.showcase });
      await ask('mod review', { mode: 'on', channel: ids.moderation });
      await ask('mod alerts', { channel: ids.moderation });
    });

    it('says that results with a listed word alone are reviewed, where the rest is shown at once', async () => {
      await ask('mod review', { mode: 'off' });
      // biome-ignore lint/suspicious/noThenProperty: an option of the command; never awaited.
      await ask('mod words add', { word: 'castle', then: 'review' });

      const text = textOf((await ask('doctor')).message);

      expect(text).toContain('✅ Results of prompts with a listed word are reviewed.');
    });

    it('says of each thing that it is well, privately', async () => {
      const interaction = await ask('doctor');
      const text = textOf(interaction.message);

      expect(text).not.toMatch(/⚠️|❌/);
      expect(text).toMatch(/Configuration.*Discord.*Accounts.*Store.*Queue/s);
      expect(text).toContain('✅ One rule posts.');
      expect(text).toContain('✅ Results are reviewed.');
      expect(text).toMatch(/✅ Connected/);
      expect(text).toContain('✅ Every permission is there in 2 channels.');
      expect(text).toContain('✅ Commands are registered.');
      expect(text).toMatch(/✅ useapi: it accepts the secret and lists what runs \(\d+\.\d s\)\./);
      expect(text).toContain('✅ useapi: its clock and mine agree.');
      expect(text).toContain('✅ It takes writes, and none has failed.');
      expect(text).toContain('✅ The API is looked at in time.');
      expect(text).not.toContain('given up');
      expect(interaction.message?.flags ?? 0).toSatisfy((flags: number) => (flags & 64) === 64);
    });

    it('shows no other server, no token, no path and no address', async () => {
      world.useapi.faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 401 } });

      const text = await textAfter();

      for (const secret of [world.useapi.token, world.discord.token, world.storePath, world.useapi.url, 'sqlite'])
        expect(text).not.toContain(secret);
      for (const id of world.discord.guildIds.filter((guildId) => guildId !== ids.guild))
        expect(text).not.toContain(id);
    });

    it('names the permission that is missing in a rule’s channel, and what to do', async () => {
      const deny = SEND_MESSAGES | ATTACH_FILES;
      world.discord.world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny });

      await expect
        .poll(textAfter)
        .toContain(
          `❌ <#${ids.showcase}>, used for results: I’m missing **Attach Files**, **Send Messages**. Give me them in the settings of that channel.`,
        );
    });

    it('names each use of a channel that it cannot see', async () => {
      world.discord.world.setOverwrite(ids.moderation, {
        id: ids.botRole,
        kind: 'role',
        allow: 0n,
        deny: VIEW_CHANNEL,
      });

      await expect
        .poll(textAfter)
        .toMatch(
          new RegExp(`❌ <#${ids.moderation}>, used for reviews and alerts: I’m missing .*\\*\\*View Channel\\*\\*`),
        );
    });

    it('says that an account does not accept the token, once that is so, and again after Refresh that it does', async () => {
      const mend = world.useapi.faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 401 } });
      world.skip(60_000);
      const message = await doctor();
      mend();
      world.skip(60_000);
      const after = await world.owner.press(message?.id ?? '', controlOf(message, 'doctor-refresh'));

      expect(textOf(message)).toContain(
        '❌ useapi v3: The API no longer accepts my token. Tell whoever runs me to renew it.',
      );
      expect(textOf(after.message)).toContain('✅ useapi: it accepts the secret');
      expect(after.message?.id).toBe(message?.id);
    });

    it('tries the newest file of each account, and says why it cannot be fetched', async () => {
      const { world: outside, faults } = world.useapi;
      const jobid = outside.startJob({ version: 'v3', prompt: 'a harbour' });
      await world.app().poll();
      outside.advance(jobid, { to: 'completed' });
      await world.app().poll();
      await world.app().whenIdle();

      const fetched = await textAfter();
      faults.add({ match: { path: 'attachments|proxy' }, action: { kind: 'status', status: 503 } });
      const refused = await textAfter();

      expect(fetched).toContain('✅ useapi: its files can be fetched.');
      expect(refused).toMatch(/⚠️ useapi: its newest file can’t be fetched: .*Tell whoever runs me/);
    });

    it('says that an account is down, and all the rest', async () => {
      world.useapi.faults.add({ match: { method: 'GET' }, action: { kind: 'hang' } });
      world.skip(60_000);

      const text = await textAfter();

      expect(text).toMatch(/❌ useapi v3: .*(didn’t answer in time|no answer)/);
      expect(text).toContain('✅ It takes writes');
      expect(text).toContain('✅ Commands are registered.');
    });

    it('says that Discord does not answer about the commands, and all the rest', async () => {
      const route = 'GET /applications/{application_id}/guilds/{guild_id}/commands';
      world.discord.faults.add({ route, fault: { kind: 'delay', ms: 12_000 } });

      const text = await textAfter();

      expect(text).toMatch(/❌ Commands: no answer within 8 s\. Click \*\*Refresh\*\* in a minute/);
      expect(text).toContain('✅ useapi: it accepts the secret');
    });

    it('says that the store takes no writes, and for an hour after it does that it failed', async () => {
      const other = new DatabaseSync(world.storePath);
      other.exec('BEGIN IMMEDIATE');
      const locked = await textAfter();
      other.exec('ROLLBACK');
      other.close();

      expect(locked).toContain('❌ It takes no writes (store-locked). Tell whoever runs me to look at the store.');
      expect(locked).toContain('✅ Commands are registered.');
      expect(await textAfter()).toMatch(/⚠️ It takes writes; the last failure was \d+ s ago \(store-locked\)\. Tell/);
      world.skip(3_600_000);
      expect(await textAfter()).toMatch(/✅ It takes writes; the last failure was \d+ min ago \(store-locked\)\./);
    });

    it('says which commands are not registered as they should be', async () => {
      const { commands } = world.discord.world;
      const jobs = commands.list(ids.guild).find(({ name }) => name === 'jobs');
      commands.delete(ids.guild, jobs?.id ?? '');

      expect(await textAfter()).toMatch(/⚠️ Commands aren’t registered as they should be: jobs\. Tell whoever runs me/);
    });

    it('is for those who may read the log', async () => {
      world.discord.world.commands.setOverride(ids.guild, 'doctor', ids.member, true);
      const refused = await world.member.command(ids.general, { path: 'doctor' });
      await ask('mod allow', { action: 'audit', role: ids.artistRole });
      const shown = await world.member.command(ids.general, { path: 'doctor' });

      expect(textOf(refused.message)).not.toContain('Commands are registered');
      expect(textOf(shown.message)).toContain('Commands are registered');
    });
  });

  it('asks also a server that can be asked about known jobs alone, while there are none', async () => {
    world = await startWorld({ mj: { switches: { flavour: 'new-api' } } });
    const before = await textAfter();
    world.mj.faults.add({ match: {}, action: { kind: 'status', status: 401 } });
    world.skip(60_000);

    expect(before).toContain('✅ mj: it accepts the secret');
    expect(await textAfter()).toContain('❌ mj: The API no longer accepts my token.');
  });

  it('says in a new server what is not set up, and how to', async () => {
    world = await startWorld();

    expect(await textAfter()).toMatch(/⚠️ No rule posts results here\. Pick a channel in `\/setup`/);
  });
});
