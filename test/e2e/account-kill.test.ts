import type { APIMessage } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxJob } from '../../sandbox/midjourney/sandbox-job.ts';
import { readRowsOf, type StoredRow } from '../crash/stored-state.ts';
import { EveryAccount, type Site } from './every-account.ts';
import { answerTo, controlOf, ids, textOf } from './start-world.ts';

const LIMIT_MS = 120_000;
const SOON = { timeout: 30_000 };
const ANSWER = 'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original';
const POST = 'POST /channels/{channel_id}/messages';

/** A finished job of an account, and its card in #general. */
interface Card {
  readonly site: Site;
  readonly jobid: string;
  readonly message: APIMessage | undefined;
}

/** Where the bot is killed while it presses a button. */
interface Step {
  readonly name: string;
  readonly isAt?: (site: Site) => boolean;
  /** Holds up what comes next, once for each account; returns whether all of it is held. */
  readonly hold: (world: EveryAccount, cards: readonly Card[]) => () => boolean;
  /** Whether the answer to a press asks for a second step. */
  readonly asksTwice?: true;
  /** Jobs that were made by then. */
  readonly madeBefore: 0 | 1;
  /** Jobs that are made in the end. */
  readonly made: 0 | 1;
  /** Whether the answer that names the job is lost. */
  readonly isLost?: true;
}

function hang(method: string, toPath: (card: Card) => string, takesEffect = false): Step['hold'] {
  return (_world, cards) => {
    for (const card of cards) {
      const match = { method, path: toPath(card) };
      card.site.faults.add({ match, times: 1, takesEffect, action: { kind: 'hang' } });
    }
    return () => cards.every(({ site }) => site.faults.list().length === 0);
  };
}

/** No press is answered any more; those of the cards are held once the store has what came of them. */
function holdAnswers(world: EveryAccount, cards: readonly Card[]): () => boolean {
  world.discord.faults.add({ route: ANSWER, fault: { kind: 'delay', ms: LIMIT_MS } });
  return () => cards.every(({ site, jobid }) => isDone(readRowsOf(world.storePath, [`${site.id}/${jobid}`])));
}

function isDone(rows: readonly StoredRow[]): boolean {
  return rows.some(({ namespace, value }) => namespace === 'acts' && String(value).includes('"state":"done"'));
}

const first = ({ site }: Card) => site.pressPath;
const second = () => 'submit/modal$';
/** Of the button's own job: other jobs are read at every look. */
const parent = ({ jobid }: Card) => `task/${jobid}/fetch$`;

const STEPS: readonly Step[] = [
  { name: 'while its call waits to be taken', hold: hang('POST', first), madeBefore: 0, made: 0 },
  { name: 'after its call, before the answer', hold: hang('POST', first, true), madeBefore: 1, made: 1, isLost: true },
  {
    name: 'after its first step, before the answer that asks for a second',
    hold: hang('POST', first, true),
    asksTwice: true,
    madeBefore: 0,
    made: 1,
    isLost: true,
  },
  { name: 'before its second step is taken', hold: hang('POST', second), asksTwice: true, madeBefore: 0, made: 1 },
  { name: 'after its second step', hold: hang('POST', second, true), asksTwice: true, madeBefore: 1, made: 1 },
  { name: 'after its outcome, before the answer to Discord', hold: holdAnswers, madeBefore: 1, made: 1 },
  // The last one: a read that hangs is tried again after some seconds, and then it would go on.
  { name: 'before its call', isAt: ({ isMj }) => isMj, hold: hang('GET', parent), madeBefore: 0, made: 0 },
];

describe('a bot with an account of every kind that is killed', () => {
  let world: EveryAccount;
  /** By the step's name. Made at first: a lost answer hides new jobs that others start. */
  const cardsOf = new Map<string, Card[]>();
  beforeAll(async () => {
    world = await EveryAccount.start();
    await world.startBot();
    for (const { name, asksTwice = false, isAt = () => true } of STEPS) {
      const sites = world.sites.filter((site) => isAt(site) && (site.hasSecondStep || !asksTwice));
      cardsOf.set(name, await Promise.all(sites.map((site) => aCard(site, `a bridge at ${site.id}, ${name}`))));
    }
  }, LIMIT_MS);
  afterAll(() => world.close());

  const moderator = () => world.discord.people(ids.moderator);
  const posts = (channelId: string) =>
    world.discord
      .people(ids.owner)
      .messages(channelId)
      .filter(({ author, flags = 0 }) => author.bot === true && (flags & 64) === 0);

  async function show(site: Site, jobid: string): Promise<Card> {
    const options = { job: `${site.id}/${jobid}`, public: true };
    const { message } = await moderator().command(ids.general, { path: 'job show', options });
    return { site, jobid, message };
  }

  async function aCard(site: Site, prompt: string): Promise<Card> {
    const jobid = site.startJob(prompt);
    site.advance(jobid, { to: 'completed' });
    return show(site, jobid);
  }

  const press = ({ message }: Card) => moderator().press(message?.id ?? '', controlOf(message, 'press', 'V2'));

  const made = ({ site, jobid }: Card): readonly SandboxJob[] =>
    site.jobs().filter(({ parentJobid }) => parentJobid === jobid);

  /** Calls that pressed this job's button, whether they were answered or not. */
  const sent = ({ site, jobid }: Card) =>
    site.requests.filter(
      ({ path, requestBody = '' }) => new RegExp(site.pressPath).test(path) && requestBody.includes(jobid),
    );

  it(
    'posts the end of one of three jobs once',
    async () => {
      await world.discord
        .people(ids.owner)
        .command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
      const ending: Card[] = [];
      for (const site of world.sites) {
        const jobids = [1, 2, 3].map((n) => site.startJob(`a quiet ${site.id} harbour ${n}`));
        const cards: Card[] = [];
        for (const jobid of jobids) cards.push(await show(site, jobid));
        ending.push(...cards.slice(0, 1));
      }
      const board = async () => textOf((await moderator().command(ids.general, { path: 'jobs' })).message);
      await expect.poll(board, SOON).toContain(`${world.sites.length * 3} running jobs`);
      const fault = { kind: 'delay', ms: LIMIT_MS, isAnswerLate: true } as const;
      const mend = world.discord.faults.add({ route: POST, path: ids.showcase, times: 1, fault });
      for (const { site, jobid } of ending) site.advance(jobid, { to: 'completed' });
      await expect.poll(() => world.discord.faults.list(), SOON).toEqual([]);

      await world.kill();
      mend();
      await world.startBot();
      await expect.poll(() => posts(ids.showcase).length, SOON).toBeGreaterThanOrEqual(ending.length);

      for (const { id } of world.sites) {
        const about = posts(ids.showcase).filter((message) => textOf(message).includes(`a quiet ${id} harbour 1`));
        expect(about.map((message) => textOf(message).includes(`${world.discord.cdnHost}/attachments/`))).toEqual([
          true,
        ]);
      }
      expect(posts(ids.showcase)).toHaveLength(ending.length);
    },
    LIMIT_MS,
  );

  it(
    'makes one job of each press that has come to one of its steps by then, or says that it is in doubt',
    async () => {
      for (const step of STEPS) await pressUpTo(step);

      await world.kill();
      world.discord.faults.clear();
      await world.startBot();

      for (const step of STEPS) await expectPressed(step);
    },
    LIMIT_MS,
  );

  async function pressUpTo({ name, hold, asksTwice, madeBefore }: Step): Promise<void> {
    const cards = cardsOf.get(name) ?? [];
    for (const { site } of cards) site.askTwice(asksTwice === true);
    const isHeld = hold(world, cards);
    for (const card of cards) void press(card).catch(() => undefined);
    const isThere = () => isHeld() && cards.every((card) => made(card).length === madeBefore);
    await expect.poll(isThere, { ...SOON, message: name }).toBe(true);
  }

  async function expectPressed({ name, asksTwice, made: inTheEnd, isLost }: Step): Promise<void> {
    for (const card of cardsOf.get(name) ?? []) {
      const message = `${card.site.id} ${name}`;
      const isDoubtful = inTheEnd === 0 || (isLost === true && !card.site.findsLostAnswers);
      const count = isDoubtful && asksTwice === true ? 0 : inTheEnd;
      await expect.poll(() => made(card).length, { ...SOON, message }).toBe(count);
      const said = async () => textOf(answerTo(await press(card)));
      const wanted = isDoubtful ? /can’t tell/ : /was (?:already )?clicked by/;
      await expect.poll(said, { ...SOON, message }).toMatch(wanted);
      expect(made(card), message).toHaveLength(count);
      expect(sent(card).length, message).toBeLessThanOrEqual(1);
    }
  }

  it('shows no address and no secret of any account', () => {
    const shown = JSON.stringify(
      [...world.discord.world.channels.keys()].map((id) => world.discord.world.messages.list(id)),
    );
    const sentToDiscord = JSON.stringify(world.discord.requests.list());

    for (const { host, secret } of world.sites) {
      expect(shown).not.toContain(host);
      expect(shown).not.toContain(secret);
      expect(sentToDiscord).not.toContain(host);
      expect(sentToDiscord).not.toContain(secret);
    }
  });
});
