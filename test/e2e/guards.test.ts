import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMessage } from '../../sandbox/discord/world/messages.ts';
import { controlOf, ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const SEND_MESSAGES = 1n << 11n;

describe('what each may do, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld();
    world = submissions.world;
  });
  afterEach(() => world.close());

  const mod = (path: string, options = {}) => world.owner.command(ids.general, { path: `mod ${path}`, options });
  const running = (prompt = 'a quiet harbour') => world.useapi.world.startJob({ version: 'v3', prompt });
  const statusOf = (jobid: string) => world.useapi.world.find(jobid)?.status;

  describe('cancelling a job', () => {
    const cancel = (person: 'moderator' | 'owner', job: string) =>
      world[person].command(ids.general, { path: 'job cancel', options: { job } });

    it('asks nobody to confirm who may cancel only what is their own', async () => {
      const jobid = running();

      const seen = await cancel('moderator', jobid);

      expect(textOf(seen.message)).toMatch(/cancel jobs of others.*Manage Server/s);
      expect(textOf(seen.message)).not.toContain('job-cancel-yes');
    });

    it.each(['cancel-any', 'cancel-own'])(
      'names `cancel-own` for one’s own job, where `%s` is denied too',
      async (denied) => {
        await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'my own' } });
        const jobid = world.useapi.world.list().at(-1)?.jobid ?? '';
        for (const action of new Set(['cancel-own', denied])) await mod('deny', { action, role: ids.guild });

        const seen = await cancel('moderator', jobid);

        expect(textOf(seen.message)).toMatch(/You may not cancel your jobs here.*`action: cancel-own`/s);
        expect(textOf(seen.message)).not.toMatch(/cancel-any|Manage Server\*\* or/);
      },
    );

    it('checks again who it is that confirms', async () => {
      const jobid = running();
      const before = statusOf(jobid);
      const question = await cancel('owner', jobid);
      const customId = controlOf(question.message, 'job-cancel-yes');

      const planted = submissions.plant(ids.general, [customId]);
      const byMember = await world.member.press(planted, customId);
      const byModerator = await world.moderator.press(planted, customId);

      for (const { message, followUps } of [byMember, byModerator])
        expect(textOf(followUps.at(-1) ?? message)).toContain('You may not cancel jobs of others');
      expect(statusOf(jobid)).toBe(before);
    });

    it('is for whoever started the job', async () => {
      await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'of the moderator' } });
      const jobid = world.useapi.world.list()[0]?.jobid ?? '';

      const question = await cancel('moderator', jobid);
      const customId = controlOf(question.message, 'job-cancel-yes');
      const done = await world.moderator.press(question.message?.id ?? '', customId);

      expect(textOf(done.message)).toContain('is cancelled');
    });
  });

  describe('showing something to everybody', () => {
    it('is for those who may share, with any command', async () => {
      const job = running();

      const refused = await world.member.command(ids.general, { path: 'job show', options: { job, public: true } });
      const list = await world.member.command(ids.general, { path: 'jobs', options: { public: true } });
      const own = await world.member.command(ids.general, { path: 'job show', options: { job } });

      for (const { message } of [refused, list]) expect(textOf(message)).toContain('You may not share');
      expect(textOf(own.message)).toContain('a quiet harbour');
      expect(submissions.posts(ids.general)).toEqual([]);
    });

    const cardOf = async (job: string) => {
      const { message } = await world.moderator.command(ids.general, { path: 'job show', options: { job } });
      return { id: message?.id ?? '', share: controlOf(message, 'share') };
    };

    it('stops where the job turns out to be held as soon as it is read', async () => {
      const jobid = running();
      const card = await cardOf(jobid);
      await mod('review', { mode: 'on', channel: ids.moderation });
      world.useapi.world.advance(jobid, { to: 'completed' });
      world.skip(5_001);

      const seen = await world.moderator.press(card.id, card.share);

      expect(textOf(seen.message)).toContain('is waiting for review. You can share it once it’s approved');
      expect(submissions.posts(ids.general)).toEqual([]);
    });

    it('says what the bot lacks in the channel before anything is read', async () => {
      const card = await cardOf(running());
      const bot = { id: ids.botRole, kind: 'role', allow: 0n, deny: SEND_MESSAGES } as const;
      world.discord.world.setOverwrite(ids.general, bot);
      world.useapi.clearRequests();

      const seen = await world.moderator.press(card.id, card.share);

      expect(textOf(seen.message)).toMatch(/I’m missing \*\*Send Messages\*\* in <#\d+>/);
      expect(world.useapi.requests).toEqual([]);
    });
  });

  describe('suggestions while somebody types', () => {
    const suggest = async (person: 'member' | 'owner', path: string, option: string) =>
      (await world[person].autocomplete(ids.general, { path, options: { [option]: '' } }, option)).length;

    it('names rules only to those who may change them', async () => {
      world.discord.world.commands.setOverride(ids.guild, 'notify', ids.guild, true);
      await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });

      expect(await suggest('owner', 'notify remove', 'rule')).toBe(1);
      expect(await suggest('member', 'notify remove', 'rule')).toBe(0);
    });

    it('names API channels only to those who may see jobs', async () => {
      await submissions.aCard();
      const before = await suggest('member', 'jobs', 'api-channel');
      await mod('deny', { action: 'view', role: ids.artistRole });

      expect(before).toBeGreaterThan(0);
      expect(await suggest('owner', 'jobs', 'api-channel')).toBe(before);
      expect(await suggest('member', 'jobs', 'api-channel')).toBe(0);
    });
  });

  describe('the commands in the menu of a message', () => {
    it.each(['Job details', 'Explain notification'])('%s is for messages of the bot alone', async (name) => {
      const { message } = await submissions.aCard();
      const channel = world.discord.world.channels.get(ids.general);
      if (channel === undefined) throw new Error('There is no such channel.');
      const components = [
        {
          type: 1,
          components: [{ type: 2, style: 2, label: 'x', custom_id: controlOf(message, 'job-refresh') }],
        },
      ];
      const written = { channel, authorId: ids.member, type: 0, body: { flags: 32_768, components }, uploads: [] };
      const forged = createMessage(world.discord.world, written).message;

      const ofOther = await world.owner.messageCommand(forged.id, name);
      const ofBot = await world.owner.messageCommand(message.id, name);

      expect(textOf(ofOther.message)).toContain('isn’t a card of one of my jobs');
      expect(textOf(ofBot.message)).toContain('a quiet harbour');
    });

    it('explains what is held without a word of it to those who do not review', async () => {
      world.discord.world.commands.setOverride(ids.guild, 'Explain notification', ids.guild, true);
      await mod('allow', { action: 'rules', role: ids.artistRole });
      await mod('review', { mode: 'on', channel: ids.moderation });
      const jobid = running('zanzibar lighthouse');
      await world.app().poll();
      world.useapi.world.advance(jobid, { to: 'completed' });
      await world.app().poll();
      await world.app().whenIdle();
      const job = { path: 'job show', options: { job: jobid, public: true } };
      const { message } = await world.owner.command(ids.general, job);

      const byMember = await world.member.messageCommand(message?.id ?? '', 'Explain notification');
      const byReviewer = await world.owner.messageCommand(message?.id ?? '', 'Explain notification');

      expect(textOf(byMember.message)).toMatch(/awaiting review/i);
      expect(textOf(byMember.message)).not.toContain('zanzibar');
      expect(textOf(byReviewer.message)).toContain('zanzibar');
    });
  });
});
