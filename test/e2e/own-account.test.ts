import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Person, SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { type SecretKey, toSecretKey } from '../../src/shared/secret-box.ts';
import { aRecordingLogger } from '../recording-logger.ts';
import { answerTo, controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';
import { postAsBot, toButtonRow } from './walk-bot.ts';

const SECRET = 'user:777-an-own-secret-that-nobody-may-see';
const WRONG = 'user:777-another-secret-that-is-refused';
const old = toSecretKey('old', randomBytes(32));
const fresh = toSecretKey('fresh', randomBytes(32));

interface Place {
  readonly who: () => Person;
  readonly channel: string;
}

describe('an account that a server brings', () => {
  let world: World;
  let own: UseapiStandIn;
  let keys: readonly SecretKey[];
  let allowsPrivate: boolean;
  let lines: readonly string[];

  beforeEach(async () => {
    own = await startUseapiStandIn({ speed: 0, token: SECRET });
    keys = [old];
    allowsPrivate = true;
    const recording = aRecordingLogger();
    lines = recording.lines;
    world = await startWorld({
      guildIds: [ids.guild, ids.otherGuild],
      ownAccounts: () => ({ keys, allowsPrivate, useapiUrl: own.url }),
      logger: recording.logger,
    });
  });
  afterEach(async () => {
    await world.close();
    await own.close();
  });

  const outsider: Place = { who: () => world.outsider, channel: ids.otherGeneral };
  const owner: Place = { who: () => world.owner, channel: ids.general };
  const setup = ({ who, channel } = owner) => who().command(channel, { path: 'setup' });

  async function openForm(card: SeenInteraction, who: Person = world.owner): Promise<SeenInteraction> {
    return who.press(card.message?.id ?? '', controlOf(card.message, 'setup-account'));
  }

  async function bring(fields: Readonly<Record<string, string | readonly string[]>>, by = owner) {
    const form = await openForm(await setup(by), by.who());
    return by.who().submit(form.id, { kind: ['useapi'], secret: SECRET, ...fields });
  }

  const imagine = async (prompt: string, { who, channel } = owner, options = {}) =>
    textOf(answerTo(await who().command(channel, { path: 'imagine', options: { prompt, ...options } })));
  const log = async ({ who, channel } = owner) => textOf((await who().command(channel, { path: 'mod log' })).message);
  const jobIdAt = () => own.world.list()[0]?.jobid ?? '';

  async function remove(): Promise<SeenInteraction> {
    const card = await setup();
    const question = await world.owner.press(card.message?.id ?? '', controlOf(card.message, 'setup-account-ask'));
    const asked = answerTo(question);
    return world.owner.press(asked?.id ?? '', controlOf(asked, 'setup-account-remove'));
  }

  /** Everything that the bot has written down. */
  function written(): string {
    const folder = dirname(world.storePath);
    const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile());
    return [...files.map(({ name }) => readFileSync(join(folder, name), 'latin1')), ...lines].join('\n');
  }

  it('is looked at by `/doctor` of that server alone', async () => {
    await bring({});
    own.faults.add({ match: { method: 'GET' }, action: { kind: 'status', status: 401 } });
    world.skip(60_000);

    const shown = textOf((await world.owner.command(ids.general, { path: 'doctor' })).message);
    const elsewhere = textOf((await world.outsider.command(ids.otherGeneral, { path: 'doctor' })).message);

    expect(shown).toMatch(/❌ Own account.*: it no longer accepts its secret\. You can bring it again in `\/setup`/);
    expect(shown).toContain('✅ useapi: it accepts the secret');
    expect(elsewhere).not.toContain('Own account');
    expect([shown, elsewhere].join()).not.toContain(SECRET);
  });

  it('takes the new jobs of that server, and is neither seen nor used by another', async () => {
    const kept = await bring({});

    expect(textOf(kept.message)).toContain('New jobs run on your own account now.');
    expect(textOf(kept.message)).toContain(`Brought by <@${ids.owner}>`);
    await imagine('a fox of our own');
    await imagine('a crow of theirs', outsider);
    expect(own.world.list().map(({ prompt }) => prompt)).toEqual(['a fox of our own']);
    expect(world.useapi.world.list().map(({ prompt }) => prompt)).toEqual(['a crow of theirs']);

    const theirs = textOf((await setup(outsider)).message);
    expect(theirs).toContain('Bring an account');
    expect(theirs).not.toContain('Brought by');
    expect(textOf((await world.outsider.command(ids.otherGeneral, { path: 'jobs' })).message)).not.toContain('fox');
    const theirOptions = JSON.stringify(world.discord.people(ids.outsider).commands(ids.otherGeneral));
    expect(theirOptions).not.toContain('"account"');
    await world.app().poll();
    const jobs = textOf((await world.owner.command(ids.general, { path: 'jobs' })).message);
    expect(jobs).toContain('a fox of our own');
    expect(jobs).toContain('Own account');
    expect(await log()).toContain('brought the server’s own account: useapi');
    expect(await log(outsider)).not.toContain('own account');
  });

  it('is picked past by name, where somebody says so', async () => {
    await bring({});

    await expect
      .poll(async () => {
        await imagine('on the account of all', owner, { account: 'useapi' }).catch(() => undefined);
        return world.useapi.world.list().length;
      })
      .toBeGreaterThan(0);

    expect(own.world.list()).toEqual([]);
  });

  it('is there again after a restart, and follows its jobs to their end', async () => {
    await world.owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
    await bring({});
    await imagine('a fox of our own');

    await world.restart();
    own.world.advance(jobIdAt(), { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();

    expect(JSON.stringify(world.owner.messages(ids.showcase))).toContain('a fox of our own');
    await imagine('another fox');
    expect(own.world.list()).toHaveLength(2);
  });

  it('is gone once it is removed: nothing is asked any more, its jobs can still be looked at, and others take over', async () => {
    await bring({});
    await imagine('a fox of our own');
    own.world.advance(jobIdAt(), { to: 'completed' });
    await world.app().poll();
    const before = await world.owner.command(ids.general, { path: 'job show', options: { job: 'fox' } });
    const ref = /`(\w{8})`/.exec(textOf(before.message))?.[1];

    const removed = await remove();

    expect(textOf(answerTo(removed))).toContain('I no longer have its secret.');
    own.clearRequests();
    await world.app().poll();
    const shown = await world.owner.command(ids.general, { path: 'job show', options: { job: ref ?? '' } });
    expect(textOf(shown.message)).toMatch(/isn’t connected here any more.*a fox of our own/s);
    expect(textOf(shown.message)).not.toContain('press:');
    const pressed = await world.owner.press(before.message?.id ?? '', controlOf(before.message, 'press', 'U1'));
    expect(textOf(answerTo(pressed))).toContain('no longer available here. Nothing was spent');
    await imagine('a fox of all');
    expect(own.requests).toEqual([]);
    expect(world.useapi.world.list().map(({ prompt }) => prompt)).toEqual(['a fox of all']);
    expect(await log()).toContain('removed the server’s own account');
    await world.restart();
    expect(textOf((await setup()).message)).toContain('Bring an account');
  });

  it('is not removed by a question of before, when there is another one', async () => {
    await bring({});
    const card = await setup();
    const question = await world.owner.press(card.message?.id ?? '', controlOf(card.message, 'setup-account-ask'));
    const asked = answerTo(question);
    world.skip(2_000);
    await bring({ kind: ['mj'], address: world.mj.url, secret: world.mj.secret });

    const late = await world.owner.press(asked?.id ?? '', controlOf(asked, 'setup-account-remove'));

    expect(textOf(answerTo(late))).toContain('changed or removed since');
    expect(textOf((await setup()).message)).toContain(world.mj.url);
  });

  it('is not kept when its secret is refused; what was typed besides is in the form again', async () => {
    const refused = await bring({ address: `${own.url}/`, secret: WRONG });

    expect(textOf(refused.message)).toContain('Nothing was saved: the server doesn’t accept this secret');
    await imagine('a fox');
    expect(own.world.list()).toEqual([]);
    const again = await openForm(refused);
    const values = walk(again.modal?.components).flatMap((part) => {
      const field = part['component'];
      return typeof field === 'object' && field !== null ? [Reflect.get(field, 'value')] : [];
    });
    expect(values).toEqual([undefined, `${own.url}/`, undefined, undefined]);
    expect(JSON.stringify(again.modal)).not.toContain(WRONG);
    expect(await log()).not.toContain('own account');
    expect(written()).not.toContain(WRONG);
  });

  it.each([
    ['http://127.0.0.1:1', 'private network'],
    ['http://2130706433', 'private network'],
    ['https://[::ffff:10.0.0.1]', 'private network'],
    ['https://localhost', 'private network'],
    ['http://example.org', 'travel unprotected'],
    ['ftp://example.org', 'isn’t an address'],
    ['https://user:password@example.org', 'isn’t an address'],
  ])('is not kept at %s', async (address, why) => {
    allowsPrivate = false;
    await world.restart();

    expect(textOf((await bring({ address })).message)).toContain(why);

    expect(own.requests).toEqual([]);
  });

  it('is asked nothing at a private address when those are allowed no more', async () => {
    await bring({});
    own.clearRequests();
    allowsPrivate = false;
    await world.restart();

    await imagine('a fox');
    await world.app().poll();

    expect(own.requests).toEqual([]);
    expect(textOf((await world.owner.command(ids.general, { path: 'jobs' })).message)).toContain('can’t reach');
  });

  it('keeps its secret out of all that is written, shown, logged and exported', async () => {
    await bring({});
    await bring({ secret: WRONG });
    await imagine('a fox');
    await world.app().poll();
    const shown = [
      await setup(),
      await openForm(await setup()),
      await world.owner.command(ids.general, { path: 'mod log' }),
      await world.owner.command(ids.general, { path: 'mod export' }),
      await world.owner.command(ids.general, { path: 'mod settings' }),
    ];

    expect(JSON.stringify(shown)).not.toContain(SECRET);
    expect(JSON.stringify(world.owner.messages(ids.general))).not.toContain(SECRET);
    const all = written();
    expect(all).toContain('own-accounts');
    for (const secret of [SECRET, WRONG]) {
      expect(all).not.toContain(secret);
      expect(all).not.toContain(Buffer.from(secret).toString('base64').slice(0, 30));
    }
  });

  it('is encrypted anew at the start after a new key was put before the old one', async () => {
    await bring({});
    keys = [fresh, old];
    await world.restart();
    expect(textOf((await setup()).message)).toContain('key `fresh`');

    keys = [fresh];
    await world.restart();

    await imagine('a fox of our own');
    expect(own.world.list()).toHaveLength(1);
  });

  it('is not lost with its key: new jobs are refused, everybody else is served, and the key brings it back', async () => {
    await bring({});
    keys = [fresh];
    await world.restart();

    const card = textOf((await setup()).message);
    expect(card).toContain('without the key `old`');
    expect(card).toContain('SECRETS_KEY');
    expect(await imagine('a fox')).toContain('can’t open your server’s own account');
    await imagine('a crow', outsider);
    expect(world.useapi.world.list().map(({ prompt }) => prompt)).toEqual(['a crow']);
    expect(own.world.list()).toEqual([]);

    keys = [fresh, old];
    await world.restart();
    await imagine('a fox');
    expect(own.world.list()).toHaveLength(1);
  });

  it('is renewed in its place, so that its jobs stay its own', async () => {
    await bring({});
    await imagine('a fox of our own');

    const renewed = await bring({});

    expect(textOf(renewed.message)).toContain('is renewed');
    own.world.advance(jobIdAt(), { to: 'completed' });
    await world.app().poll();
    const shown = await world.owner.command(ids.general, { path: 'job show', options: { job: 'fox' } });
    expect(controlOf(shown.message, 'press', 'U1')).toContain('press:');
  });

  it('is neither offered nor taken where the operator has set no key', async () => {
    const form = await openForm(await setup());
    keys = [];
    await world.restart();

    expect(textOf((await setup()).message)).not.toContain('Own account');
    const late = await world.owner.submit(form.id, { kind: ['useapi'], secret: SECRET });
    expect(textOf(answerTo(late))).toContain('Nothing was saved');
    expect(own.requests).toEqual([]);
  });

  it('is for members who may configure alone', async () => {
    await bring({});
    const card = await setup();
    const ask = controlOf(card.message, 'setup-account-ask');
    const names = ['setup-account', ask, ask.replace('ask', 'remove')];
    const posted = await postAsBot(world, ids.general, names.map(toButtonRow));

    for (const customId of names) {
      const refused = await world.member.press(posted, customId);
      expect(refused.modal).toBeUndefined();
      expect(textOf(answerTo(refused))).toContain('You may not');
    }
    expect(textOf((await setup()).message)).toContain('Brought by');
  });

  it('is removed by nobody of another server, though the control names it', async () => {
    await bring({});
    const ask = controlOf((await setup()).message, 'setup-account-ask');
    const posted = await postAsBot(world, ids.otherGeneral, [toButtonRow(ask.replace('ask', 'remove'))]);

    const tried = await world.outsider.press(posted, ask.replace('ask', 'remove'));

    expect(textOf(answerTo(tried))).toContain('changed or removed since');
    expect(textOf((await setup()).message)).toContain('Brought by');
  });

  it('is deleted with its server, after as long as the server’s other data are', async () => {
    await bring({});
    const kept = () =>
      world.betweenRuns(async (store) => {
        const found: string[] = [];
        for await (const [key] of store.collection('own-accounts', z.unknown()).entries()) found.push(key);
        return found;
      });
    world.discord.world.removeMember(ids.guild, world.discord.applicationId);
    const look = async () => {
      own.clearRequests();
      await world.app().poll();
      return own.requests;
    };
    await expect.poll(look).toEqual([]);

    expect(await kept()).toEqual([ids.guild]);
    world.skip(31 * 86_400_000);
    await world.app().whenIdle();
    await expect.poll(kept).toEqual([]);
  });

  it('names a member by a pseudonym once that member is forgotten', async () => {
    await bring({});
    const options = { member: ids.owner, what: 'delete' };
    const question = await world.owner.command(ids.general, { path: 'mod privacy', options });
    await world.owner.press(question.message?.id ?? '', controlOf(question.message, 'mod-privacy-yes'));

    const card = textOf((await setup()).message);
    expect(card).toMatch(/Brought by deleted.{1,3}[0-9a-f]{8}/);
    expect(card).not.toContain(`<@${ids.owner}>`);
  });
});
