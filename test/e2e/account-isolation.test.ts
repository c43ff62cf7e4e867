import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeenInteraction, WholePerson } from '../../sandbox/discord/world/people.ts';
import { FIRST_CHANNEL } from '../../sandbox/midjourney/midjourney-world.ts';
import { type MjStandIn, startMjStandIn } from '../../sandbox/mj/mj-stand-in.ts';
import type { UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { answerTo, ids, startWorld, textOf, type World } from './start-world.ts';
import { thirdIds, threeServers } from './three-servers.ts';
import { everyCommand, offerEverything, postAsBot, postEveryControl, toButtonRow, toSelectRow } from './walk-bot.ts';

/** What belongs to the accounts, and where it may be seen. */
const SECRETS = {
  first: /ember castle|Kestrel House|9988776655443322110/i,
  shared: /amber harbour|Osprey Works/i,
  private: /quito/i,
  third: /azure desert|Heron Yard/i,
};

/** An API channel of the first account alone. */
const OWN_CHANNEL = '9988776655443322110';

/** The first server has two accounts, one of which the second one may use too; the third has one of its own. */
describe('three servers and their accounts', () => {
  let world: World;
  let osprey: MjStandIn;
  /** Job ids by what they are of. */
  let jobs: Readonly<Record<'first' | 'shared' | 'private' | 'third', string>>;

  beforeEach(async () => {
    osprey = await startMjStandIn({ speed: 0 });
    world = await startWorld({
      guildIds: [ids.guild, ids.otherGuild, thirdIds.guild],
      discord: { world: threeServers() },
      accounts: (kestrel, heron) => [
        { ...toAccount('acct-one', 'Kestrel House', kestrel), guildIds: [ids.guild] },
        { ...toAccount('acct-two', 'Osprey Works', osprey), guildIds: [ids.guild, ids.otherGuild] },
        { ...toAccount('acct-three', 'Heron Yard', heron), backend: 'useapi', guildIds: [thirdIds.guild] },
      ],
    });
    offerEverything(world);
    for (const { person, channel } of Object.values(places())) {
      await person.command(channel, { path: 'mod alerts', options: { channel } });
      await person.command(channel, {
        path: 'notify add',
        options: { channel, events: 'started, completed, moderated' },
      });
      await person.command(channel, { path: 'jobs', options: { pin: 'here' } });
    }
    const wish = { prompt: 'quito by night', account: 'acct-two' };
    await world.owner.command(ids.general, { path: 'imagine', options: wish });
    await world.app().whenIdle();
    jobs = {
      private: `acct-two/${osprey.world.list()[0]?.jobid}`,
      first: `acct-one/${world.mj.startTask({ prompt: 'ember castle', apiChannel: OWN_CHANNEL })}`,
      shared: `acct-two/${osprey.startTask({ prompt: 'amber harbour' })}`,
      third: `acct-three/${world.useapi.world.startJob({ version: 'v3', prompt: 'azure desert' })}`,
    };
    await settle();
  });
  afterEach(async () => {
    await world.close();
    await osprey.close();
  });

  const places = () => ({
    first: { person: world.discord.people(ids.owner), channel: ids.general },
    second: { person: world.discord.people(ids.outsider), channel: ids.otherGeneral },
    third: { person: world.discord.people(thirdIds.owner), channel: thirdIds.general },
  });
  const settle = async () => {
    await world.app().poll();
    await world.app().whenIdle();
  };
  /** Lets live boards be looked at. */
  const tick = async () => {
    world.skip(21_000);
    await settle();
  };
  const end = (name: keyof typeof jobs, to: 'completed' | 'moderated') => {
    const server = { first: world.mj, shared: osprey, private: osprey, third: world.useapi }[name];
    server.world.advance(jobs[name].split('/')[1] ?? '', { to });
  };
  const refOf = async (person: WholePerson, channel: string, job: string) => {
    const { message } = await person.command(channel, { path: 'job show', options: { job } });
    return /`(\w{8})`/.exec(textOf(message))?.[1] ?? '';
  };
  const seenBy = (person: WholePerson) =>
    JSON.stringify(person.channels().map(({ id }) => person.messages(id).filter(({ author }) => author.bot)));

  it('post, list and suggest to each server what is its own alone', async () => {
    await tick();
    const whileRunning = Object.values(places()).map(({ person }) => seenBy(person));
    for (const name of ['first', 'shared', 'private', 'third'] as const)
      end(name, name === 'private' ? 'moderated' : 'completed');
    await settle();
    await tick();

    const seen: Record<string, string> = {};
    for (const [at, [name, { person, channel }]] of Object.entries(places()).entries()) {
      const suggested = [];
      for (const path of ['job show', 'job cancel', 'notify explain', 'watch add'])
        suggested.push(await person.autocomplete(channel, { path, options: { job: '' } }, 'job'));
      for (const path of ['jobs', 'imagine'])
        suggested.push(await person.autocomplete(channel, { path, options: { 'api-channel': '' } }, 'api-channel'));
      const shown = [];
      for (const path of ['jobs', 'notify list', 'notify deliveries', 'mod log', 'mod usage', 'mod settings'])
        shown.push((await person.command(channel, { path })).message);
      seen[name] = JSON.stringify([whileRunning[at], seenBy(person), suggested, shown]);
    }

    for (const secret of [SECRETS.first, SECRETS.shared, SECRETS.private]) expect(seen['first']).toMatch(secret);
    expect(seen['first']).not.toMatch(SECRETS.third);
    // Its only account has no name there.
    expect(seen['second']).toMatch(/amber harbour/);
    for (const secret of [SECRETS.first, SECRETS.private, SECRETS.third, /Osprey Works/])
      expect(seen['second']).not.toMatch(secret);
    expect(seen['third']).toMatch(/azure desert/);
    for (const secret of [SECRETS.first, SECRETS.shared, SECRETS.private, /Heron Yard/, /of other servers/])
      expect(seen['third']).not.toMatch(secret);
  });

  it('tell a server nothing of another’s job by any command, control, form or context menu', async () => {
    const { first, third } = places();
    const ref = await refOf(first.person, first.channel, jobs.private);
    const { person, channel } = third;
    const there = { member: thirdIds.owner, role: thirdIds.guild, channel };
    const typed = [jobs.first, jobs.private, ref];
    const commands = typed
      .flatMap((job) => everyCommand({ job, ...there }))
      .filter(({ path, options }) => options?.['job'] !== undefined || !PAID.includes(path));
    const before = callsOf([world.mj, osprey]);

    const seen: SeenInteraction[] = [];
    for (const command of commands) seen.push(await person.command(channel, command));
    for (const { messageId, customId, values } of await postEveryControl(world, channel, ref)) {
      const used = values ? await person.select(messageId, customId, values) : await person.press(messageId, customId);
      seen.push(used);
      if (used.state === 'modal') seen.push(await fillIn(person, used));
    }
    const card = await postAsBot(world, channel, [toButtonRow(`job-refresh:${ref}`)]);
    for (const name of ['Job details', 'Explain notification']) seen.push(await person.messageCommand(card, name));
    await world.app().whenIdle();

    const text = [JSON.stringify(seen), seenBy(person)].join();
    expect(seen.length).toBeGreaterThan(120);
    expect(ref).toMatch(/^\w{8}$/);
    for (const secret of [SECRETS.first, SECRETS.shared, SECRETS.private]) expect(text).not.toMatch(secret);
    expect(callsOf([world.mj, osprey]).filter((call) => !before.includes(call))).toEqual([]);
  });

  it('answer what names another server’s account, job or API channel like what nobody has', async () => {
    const { person, channel } = places().second;
    const before = callsOf([world.mj, world.useapi]);
    const answersTo = async (account: string, job: string) => {
      const answers: SeenInteraction[] = [];
      for (const path of ['job show', 'job family', 'job cancel', 'notify explain', 'watch add', 'mod log'])
        answers.push(await person.command(channel, { path, options: { job } }));
      for (const customId of [
        `jobs-page:0:::x:${account}`,
        `api-reset:${account}/v3:${FIRST_CHANNEL}`,
        `api-reset-choose:${account}/v3`,
      ])
        answers.push(await person.press(await postAsBot(world, channel, [toButtonRow(customId)]), customId));
      for (const [customId, value] of [
        ['rule-set:1:account', account],
        [`api-reset-one:${account}/v3`, FIRST_CHANNEL],
        ['job-open', job],
      ] as const) {
        const messageId = await postAsBot(world, channel, [toSelectRow(customId, value)]);
        answers.push(await person.select(messageId, customId, [value]));
      }
      return answers.map((answer) => textOf(answerTo(answer)).replaceAll(job, 'JOB').replaceAll(account, 'ACCOUNT'));
    };

    const nobodys = await answersTo('acct-nobody', `acct-nobody/${jobs.third.split('/')[1]}`);

    expect(await answersTo('acct-three', jobs.third)).toEqual(nobodys);
    expect(await answersTo('acct-one', jobs.first)).toEqual(nobodys);
    expect(nobodys.join()).toContain('this server has one only');
    expect(callsOf([world.mj, world.useapi])).toEqual(before);
  });

  it('offer a server that has several accounts no other, and take another’s name for none', async () => {
    const { person, channel } = places().first;
    const before = callsOf([world.useapi]);
    const answersTo = async (account: string) => {
      const answers: string[] = [];
      for (const [path, options] of [
        ['jobs', {}],
        ['imagine', { prompt: 'a fox' }],
        ['describe', { link: 'https://example.org/a.png' }],
        ['blend', { links: 'https://example.org/a.png https://example.org/b.png' }],
        ['notify add', { channel }],
        ['notify edit', { rule: 1 }],
      ] as const)
        answers.push(textOf((await person.command(channel, { path, options: { ...options, account } })).message));
      return answers;
    };

    const suggested = await person.autocomplete(channel, { path: 'jobs', options: { account: '' } }, 'account');
    const nobodys = await answersTo('acct-nobody');

    expect(suggested.map(({ value }) => value)).toEqual(['acct-one', 'acct-two']);
    for (const answer of nobodys) expect(answer).toContain('Pick one of these: Kestrel House, Osprey Works.');
    expect(await answersTo('acct-three')).toEqual(nobodys);
    expect(await answersTo('Heron Yard')).toEqual(nobodys);
    expect(callsOf([world.useapi])).toEqual(before);
  });

  it('count what a server started in its own quota alone', async () => {
    const { first, second } = places();
    for (const { person, channel } of [first, second])
      await person.command(channel, { path: 'mod quota', options: { scope: 'server', 'per-day': 1 } });

    const refused = await first.person.command(first.channel, { path: 'imagine', options: { prompt: 'one more' } });
    const made = await second.person.command(second.channel, { path: 'imagine', options: { prompt: 'a first one' } });
    await world.app().whenIdle();

    expect(textOf(refused.message)).toContain('This server has used its 1 job for today.');
    expect(textOf(made.message)).toContain('started');
    expect(osprey.world.list().map(({ prompt }) => prompt)).toContain('a first one');
  });

  it('alert a server of the API channels of its own account alone', async () => {
    const alertsOf = ({ person }: { readonly person: WholePerson }) =>
      JSON.stringify(person.channels().map(({ id }) => person.messages(id))).match(/🧱[^.]*/g) ?? [];
    world.useapi.world.blockChannel(FIRST_CHANNEL);
    const { first, second, third } = places();

    await third.person.command(third.channel, { path: 'imagine', options: { prompt: 'a blocked one' } });
    await settle();

    expect([first, second].flatMap(alertsOf)).toEqual([]);
    expect(alertsOf(third)).toEqual([expect.stringMatching(/^🧱 v3: .*takes no jobs/)]);
  });
});

const PAID = ['imagine', 'describe', 'blend'];

function toAccount(id: string, name: string, { url, ...server }: MjStandIn | UseapiStandIn) {
  return { id, name, backend: 'mj' as const, url, secret: 'secret' in server ? server.secret : server.token };
}

/** Each call that asks about a job or changes something; lists are asked by the bot itself. */
function callsOf(servers: readonly (MjStandIn | UseapiStandIn)[]): string[] {
  return servers
    .flatMap(({ requests }) => requests)
    .filter(({ method, path }) => method !== 'GET' || /\/(task|jobs)\/[\dj]/.test(path))
    .filter(({ path }) => !path.includes('list-by-condition'))
    .map(({ method, path }) => `${method} ${path}`);
}

async function fillIn(person: WholePerson, { id, modal }: SeenInteraction): Promise<SeenInteraction> {
  const fields = JSON.stringify(modal?.components ?? []).matchAll(/"type":4,[^}]*?"custom_id":"([^"]+)"/g);
  return person.submit(id, Object.fromEntries([...fields].map(([, name = '']) => [name, 'x'])));
}
