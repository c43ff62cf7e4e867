import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Permission } from '../../sandbox/discord/discord-numbers.ts';
import { type MjStandIn, startMjStandIn } from '../../sandbox/mj/mj-stand-in.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

describe('a server with two accounts beside one with a single account', () => {
  let world: World;
  let lab: MjStandIn;
  /** Whether the accounts file names it still. */
  let hasStudio: boolean;

  beforeEach(async () => {
    hasStudio = true;
    lab = await startMjStandIn({ speed: 0 });
    world = await startWorld({
      guildIds: [ids.guild, ids.otherGuild],
      accounts: (studio) => {
        const { url, secret } = studio;
        const own = { id: 'studio', name: 'Studio One', backend: 'mj', url, secret, guildIds: [ids.guild] } as const;
        const shared = { id: 'lab', backend: 'mj', url: lab.url, secret: lab.secret } as const;
        return hasStudio ? [own, shared] : [shared];
      },
    });
  });
  afterEach(async () => {
    await world.close();
    await lab.close();
  });

  const settle = async () => {
    await world.app().poll();
    await world.app().whenIdle();
  };
  const here = (path: string, options = {}) => world.owner.command(ids.general, { path, options });
  const there = (path: string, options = {}) => world.outsider.command(ids.otherGeneral, { path, options });
  const posts = (channelId: string) => world.owner.messages(channelId).filter((message) => message.author.bot);
  const optionNames = (guildId: string) =>
    JSON.stringify(world.discord.world.commands.list(guildId)).match(/"name":"account"/g)?.length ?? 0;

  it('offer the choice of an account in the first one alone', async () => {
    const suggested = await world.owner.autocomplete(
      ids.general,
      { path: 'imagine', options: { prompt: 'a fox', account: '' } },
      'account',
    );
    const forRule = await world.owner.autocomplete(
      ids.general,
      { path: 'notify add', options: { channel: ids.showcase, account: 'n' } },
      'account',
    );

    // `/jobs`, `/imagine`, `/describe`, `/blend`, `/notify add` and `/notify edit`.
    expect(optionNames(ids.guild)).toBe(6);
    expect(optionNames(ids.otherGuild)).toBe(0);
    expect(suggested).toEqual([
      { name: 'Studio One', value: 'studio' },
      { name: 'lab', value: 'lab' },
    ]);
    expect(forRule.map(({ value }) => value)).toEqual(['studio', 'none']);
  });

  it('name the account on lists, cards and details in the first one alone', async () => {
    const studios = world.mj.startTask({ prompt: 'a castle' });
    const labs = lab.startTask({ prompt: 'a harbour' });
    world.skip(5_001);

    const all = await here('jobs');
    const own = await here('jobs', { account: 'studio one' });
    const next = await world.owner.press(own.message?.id ?? '', controlOf(own.message, 'jobs-page'));
    const card = await here('job show', { job: `studio/${studios}` });
    const details = await world.owner.press(card.message?.id ?? '', controlOf(card.message, 'job-details'));
    const elsewhere = [await there('jobs'), await there('job show', { job: `lab/${labs}` })];

    expect(textOf(all.message)).toMatch(/Studio One.*lab/);
    for (const { message } of [own, next]) {
      expect(textOf(message)).toContain('account Studio One');
      expect(textOf(message)).toContain('a castle');
      expect(textOf(message)).not.toMatch(/harbour|\blab\b/);
    }
    expect(textOf(card.message)).toContain('on Studio One');
    expect(textOf(details.followUps.at(-1) ?? details.message)).toContain('**Account** Studio One');
    for (const { message } of elsewhere) {
      expect(textOf(message)).toContain('a harbour');
      expect(textOf(message)).not.toMatch(/\blab\b|Studio/);
    }
  });

  it('start a prompt at the account that was named, else at the first', async () => {
    await here('imagine', { prompt: 'a bridge', account: 'lab' });
    await here('imagine', { prompt: 'a tower' });
    await world.app().whenIdle();

    expect(lab.world.list().map(({ prompt }) => prompt)).toEqual(['a bridge']);
    expect(world.mj.world.list().map(({ prompt }) => prompt)).toEqual(['a tower']);
  });

  it.each(['imagine', 'jobs', 'notify add'])(
    'say of an account that is none here which ones there are: /%s',
    async (path) => {
      const options = { imagine: { prompt: 'a bridge' }, jobs: {}, 'notify add': { channel: ids.showcase } }[path];

      const answer = await here(path, { ...options, account: 'nobody' });

      expect(textOf(answer.message)).toContain('no such account here. Pick one of these: Studio One, lab.');
      expect([...lab.world.list(), ...world.mj.world.list()]).toEqual([]);
    },
  );

  it('limit a rule to an account, say so, change it in the editor, and explain it', async () => {
    const added = await here('notify add', { channel: ids.showcase, account: 'studio' });
    const atFirst = textOf(added.message);
    const studios = world.mj.startTask({ prompt: 'a castle' });
    const labs = lab.startTask({ prompt: 'a harbour' });
    await settle();
    world.mj.world.advance(studios, { to: 'completed' });
    lab.world.advance(labs, { to: 'completed' });
    await settle();
    const why = await here('notify explain', { job: `lab/${labs}` });
    const select = 'rule-set:1:account';
    const changed = await world.owner.select(added.message?.id ?? '', select, ['lab']);
    const list = await here('notify list');
    const any = await here('notify edit', { rule: 1, account: 'none' });

    expect(atFirst).toContain('only jobs of Studio One');
    expect(posts(ids.showcase).map(textOf).join()).toMatch(/a castle.*on Studio One/);
    expect(posts(ids.showcase).map(textOf).join()).not.toContain('harbour');
    expect(textOf(why.message)).toContain('only account Studio One (this one: lab)');
    expect(textOf(changed.message)).toContain('only jobs of lab');
    expect(textOf(list.message)).toContain('only jobs of lab');
    expect(textOf(any.message)).not.toContain('only jobs of');
  });

  it('name the account in the title of a forum post, and in what a requester is sent alone', async () => {
    await here('mod allow', { action: 'submit', role: ids.artistRole });
    await here('notify add', { channel: ids.forum });
    const bot = { id: ids.application, kind: 'member' } as const;
    world.discord.world.setOverwrite(ids.general, { ...bot, allow: 0n, deny: Permission.SendMessages });
    await world.member.command(ids.general, { path: 'imagine', options: { prompt: 'a bridge', account: 'lab' } });
    await settle();
    world.skip(900_000);

    lab.world.advance(lab.world.list()[0]?.jobid ?? '', { to: 'moderated' });
    await settle();

    const titles = [...world.discord.world.channels.values()].filter(({ parentId }) => parentId === ids.forum);
    const received = world.member.messages(world.discord.people(ids.member).openDm()).map(textOf).join();
    expect(titles.map(({ name }) => name).join()).toMatch(/· lab$/);
    expect(received).toMatch(/moderated your job .* on lab/);
  });

  it('name the account on a review, on what is held, and on a live board', async () => {
    await here('mod review', { mode: 'on', channel: ids.moderation });
    await here('jobs', { pin: 'here' });
    const studios = world.mj.startTask({ prompt: 'a castle' });
    await settle();
    world.skip(21_000);
    await settle();
    await expect.poll(() => posts(ids.general).map(textOf).join()).toContain('· Studio One ·');
    world.mj.world.advance(studios, { to: 'completed' });
    await settle();

    const asReviewer = await here('job show', { job: `studio/${studios}` });
    const show = { path: 'job show', options: { job: `studio/${studios}` } };
    const asMember = await world.member.command(ids.general, show);

    expect(posts(ids.moderation).map(textOf).join()).toContain('on Studio One');
    expect(textOf(asReviewer.message)).toContain('on Studio One');
    expect(textOf(asMember.message)).toContain('on Studio One');
    expect(textOf(asMember.message)).not.toContain('castle');
  });

  it('say which account is down, and show the other’s jobs with their prompts', async () => {
    const studios = world.mj.startTask({ prompt: 'a castle' });
    const card = await here('job show', { job: `studio/${studios}` });
    await world.mj.close();
    lab.startTask({ prompt: 'a harbour' });
    world.skip(5_001);

    const board = await here('jobs');
    const shown = await world.owner.press(card.message?.id ?? '', controlOf(card.message, 'job-refresh'));
    const elsewhere = await there('jobs');

    expect(textOf(board.message)).toContain('a harbour');
    expect(textOf(board.message)).toContain('⚠️ **Studio One** I can’t reach the API.');
    expect(textOf(shown.message)).toContain('I can’t reach the API of Studio One.');
    expect(textOf(elsewhere.message)).toContain('a harbour');
    expect(textOf(elsewhere.message)).not.toMatch(/⚠️|Studio/);
  });

  it('keep to the server’s accounts after one was taken from it', async () => {
    await here('notify add', { channel: ids.showcase, account: 'studio' });
    const studios = world.mj.startTask({ prompt: 'a castle' });
    await settle();

    hasStudio = false;
    await world.restart();
    const list = await here('notify list');
    const gone = await here('job show', { job: `studio/${studios}` });

    expect(optionNames(ids.guild)).toBe(0);
    expect(textOf(list.message)).toContain('only jobs of an account that is gone');
    expect(textOf(gone.message)).toContain('no such job');
  });
});

describe('several accounts where every server is served', () => {
  const world = async (...guildIds: (readonly string[] | undefined)[]) =>
    startWorld({
      guildIds: 'all',
      accounts: ({ url, secret }) =>
        guildIds.map((limit, at) => ({ id: `a${at}`, backend: 'mj', url, secret, ...(limit && { guildIds: limit }) })),
    });
  const optionsOf = ({ discord }: World) =>
    JSON.stringify(discord.requests.of('PUT /applications/{application_id}/commands').map(({ body }) => body)).match(
      /"name":"account"/g,
    )?.length ?? 0;

  it('offer no choice where no server has several', async () => {
    const apart = await world([ids.guild], [ids.otherGuild]);
    const offered = optionsOf(apart);
    await apart.close();

    expect(offered).toBe(0);
  });

  it('say in a server with a single one to leave it out, where others have the choice', async () => {
    const beside = await world(undefined, [ids.guild]);
    const options = { prompt: 'a fox', account: 'a1' };
    const suggested = await beside.outsider.autocomplete(
      ids.otherGeneral,
      { path: 'imagine', options: { ...options, account: '' } },
      'account',
    );
    const { message } = await beside.outsider.command(ids.otherGeneral, { path: 'imagine', options });
    const offered = optionsOf(beside);
    await beside.close();

    expect(offered).toBe(6);
    expect(suggested.map(({ value }) => value)).toEqual(['a0']);
    expect(textOf(message)).toContain('this server has one only, so leave `account` out');
  });
});
