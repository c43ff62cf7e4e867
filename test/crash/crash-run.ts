import type { APIMessage } from 'discord.js';
import type { FaultRule, RestFault } from '../../sandbox/discord/discord-faults.ts';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { watchWords } from '../../src/discord/notify/words.ts';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { controlOf, textOf } from '../e2e/start-world.ts';
import { byRef, type LifeWorld } from './life-world.ts';
import { type Trace, toUnreportedText } from './unreported-text.ts';

const JOBS_AT_ONCE = 4;
/** Milliseconds between two looks of the last life. */
const SKIP_MS = 30_000;
/** Looks without a change after which nothing more will be notified: longer than a digest gathers, twice. */
const MAX_IDLE_LOOKS = 50;
const POST = 'POST /channels/{channel_id}/messages';
const EDIT = 'PATCH /channels/{channel_id}/messages/{message_id}';
const FORUM_POST = 'POST /channels/{channel_id}/threads';
const OPEN_DM = 'POST /users/@me/channels';

type Index = ReadonlyMap<string, readonly APIMessage[]>;

/** What the bot owes for a job that has ended. */
export type End = 'completed' | 'failed' | 'moderated';

/**
 * Jobs that begin and end all the time, people who follow, start and review them, and a Discord that fails now and
 * then.
 */
export class CrashRun {
  readonly #world: LifeWorld;
  readonly #random: () => number;
  /** Jobs that run, and in how many lists that were given to the present life of the bot they were. */
  readonly #running = new Map<string, number>();
  readonly #pressed = new Set<string>();
  readonly #decidedCards = new Set<string>();
  /** Review cards whose button is being pressed. */
  readonly #presses = new Map<string, Promise<unknown>>();
  /** Jobs whose end the bot has to report: each was in a list, and the bot had stored that it follows it. */
  readonly ended = new Map<string, End>();
  /** Jobs that somebody follows, because the bot said so. */
  readonly followed = new Set<string>();
  /** Prompts of the member who pays. */
  readonly wished: string[] = [];
  /** Whether jobs begin and end: not before all is set, for what ended earlier is owed no review. */
  #isGoing = false;
  #isClosing = false;
  #life = 0;
  #kills = 0;
  #faults = 0;
  /** What happened to each job, for the report. */
  readonly #traces = new Map<string, Trace[]>();

  constructor(world: LifeWorld, random: () => number) {
    this.#world = world;
    this.#random = random;
    world.onLook((list) => this.#turnOver(list));
  }

  /** Rules for a channel, a forum and a digest; reviews, alerts, and a member who may pay. */
  async prepare(): Promise<void> {
    await this.#world.live();
    const rule = { events: 'completed,failed', media: 'none' };
    await this.#world.owner('notify add', { ...rule, channel: ids.showcase });
    await this.#world.owner('notify add', { ...rule, channel: ids.forum });
    await this.#world.owner('notify add', { ...rule, channel: ids.announcements, digest: 2 });
    await this.#world.owner('mod alerts', { channel: ids.thread });
    await this.#world.owner('mod review', { mode: 'on', channel: ids.moderation });
    await this.#world.owner('mod allow', { action: 'submit', role: ids.artistRole });
    await this.#world.bot.kill();
    this.#isGoing = true;
  }

  /** One life, that ends anywhere. */
  async life(): Promise<void> {
    this.#life += 1;
    for (const jobid of this.#running.keys()) this.#running.set(jobid, 0);
    await this.#world.skip(Math.floor(this.#random() * 60_000));
    for (let count = Math.floor(this.#random() * 3); count > 0; count -= 1) {
      this.#world.discord.faults.add(this.#aFault());
      this.#faults += 1;
    }
    this.#world.begin();
    await this.#world.requests(5 + Math.floor(this.#random() * 40));
    if (this.#world.bot.isAlive) this.#kills += 1;
    await this.#world.bot.kill();
  }

  /** A bot that lives looks once after so many milliseconds. */
  async pass(ms: number): Promise<void> {
    // A clock that moves on meanwhile would make them too late to be answered.
    await Promise.all(this.#presses.values());
    await this.#world.skip(ms);
    await this.#world.looks(1);
  }

  /**
   * A last life, in which nothing fails and nothing begins: resolves a while after all was notified, or when it will
   * not be.
   */
  async windDown(): Promise<void> {
    this.#world.discord.faults.clear();
    this.#life += 1;
    this.#isClosing = true;
    await this.#world.live();
    await this.#world.until(() => [...this.#running.keys()].every((jobid) => this.#world.isFollowed(jobid)));
    for (const jobid of [...this.#running.keys()]) this.#end(jobid);
    for (let idle = 0, complete = 0, before = ''; idle < MAX_IDLE_LOOKS && complete < 3; ) {
      await this.#world.looks(1);
      // A clock that moves on meanwhile would make them too late to be answered.
      await Promise.all(this.#presses.values());
      // For what waits for a lost answer, a digest or a lease.
      await this.#world.skip(SKIP_MS);
      const untold = this.untold();
      complete = untold.length === 0 ? complete + 1 : 0;
      idle = untold.join() === before ? idle + 1 : 0;
      before = untold.join();
    }
  }

  /** Each job that is not posted as it has to be, with where and how often. */
  untold(): string[] {
    const channels = [ids.showcase, ids.forum, ids.announcements, ids.moderation, ids.general, ids.thread];
    const indexes = new Map<string, Index>(channels.map((id) => [id, this.#world.postsByRef(id)]));
    return [...this.ended].flatMap(([jobid, end]) =>
      this.#owed(jobid, end, indexes)
        .filter(({ count }) => count !== 1)
        .map(
          ({ where, count }) =>
            `${toJobRef(jobid)} (${this.#world.useapi.world.find(jobid)?.prompt}) ${end} ${where}: ${count}`,
        ),
    );
  }

  /** All that is known of each job that is not posted as it has to be. */
  report(): string {
    const refs = new Set(this.untold().map((line) => line.split(' ')[0]));
    const jobids = [...this.ended.keys()].filter((jobid) => refs.has(toJobRef(jobid)));
    return jobids.map((jobid) => toUnreportedText(this.#world, jobid, this.#traces.get(jobid) ?? [])).join('\n\n');
  }

  /** Wishes that made more than one job, and jobs that were paid for and of which nobody was notified. */
  misspent(): string[] {
    const jobs = this.#world.useapi.world.list();
    const member = this.#world.discord.people(ids.member);
    const seen = byRef([...member.messages(ids.general), ...this.#world.direct(ids.member)]);
    return this.wished.flatMap((prompt) => {
      const made = jobs.filter((job) => job.prompt === prompt);
      const [job] = made;
      if (made.length > 1) return [`${prompt}: ${made.length} jobs`];
      return job === undefined || seen.has(toJobRef(job.jobid)) ? [] : [`${prompt}: nobody was notified`];
    });
  }

  /** How much happened, for who runs it. */
  summary(): string {
    const made = new Set(this.#world.useapi.world.list().map((job) => job.prompt));
    const paid = this.wished.filter((prompt) => made.has(prompt)).length;
    const ends = [...this.ended.values()];
    const counts = (['completed', 'failed', 'moderated'] as const).map(
      (end) => `${ends.filter((other) => other === end).length} ${end}`,
    );
    return [
      `${this.#kills} kills in ${this.#life} lives, ${this.#faults} faults of Discord`,
      `${ends.length} jobs ended: ${counts.join(', ')}; ${this.followed.size} of them followed by a live card`,
      `${this.wished.length} prompts, ${paid} of them paid for`,
    ].join('; ');
  }

  #owed(jobid: string, end: End, indexes: ReadonlyMap<string, Index>) {
    const postsOf = (channelId: string) => indexes.get(channelId)?.get(toJobRef(jobid)) ?? [];
    const once = (where: string, count: number) => ({ where, count });
    if (end === 'moderated') return [once('alert', postsOf(ids.thread).length)];
    const posts = [ids.showcase, ids.forum, ids.announcements].map((channelId) =>
      once(channelId, postsOf(channelId).length),
    );
    const cards = postsOf(ids.moderation);
    const isDecided = cards.every((card) => textOf(card).includes('Approved'));
    const reviews = end === 'completed' ? [once('review', cards.length), once('decision', isDecided ? 1 : 0)] : [];
    const mentions = postsOf(ids.general).filter((post) => textOf(post).includes(`<@${ids.owner}>`)).length;
    return [...posts, ...reviews, ...(this.followed.has(jobid) ? [once('mention', mentions)] : [])];
  }

  /**
   * After each list: jobs that were in an earlier one of this life and are followed may end, new ones begin, and people
   * do something.
   */
  #turnOver(list: string): void {
    if (!this.#isGoing) return;
    for (const { jobid, status } of this.#world.useapi.world.list())
      if (status !== 'completed' && !this.#running.has(jobid) && !this.ended.has(jobid)) this.#running.set(jobid, 0);
    for (const [jobid, lists] of this.#running) {
      // A wish may have made it after the list was put together.
      if (!list.includes(jobid)) continue;
      this.#trace(jobid, `listed, before in ${lists}`);
      this.#running.set(jobid, lists + 1);
      // A list may be one that was asked for a lost answer, and what it holds be followed from the next tick on.
      if (lists >= 1 && this.#random() < 0.6 && this.#world.isFollowed(jobid)) this.#end(jobid);
    }
    this.#review();
    if (this.#isClosing) return;
    while (this.#running.size < JOBS_AT_ONCE) {
      const prompt = `job ${this.ended.size + this.#running.size}`;
      this.#running.set(this.#world.useapi.world.startJob({ version: 'v3', prompt }), 0);
    }
    if (this.#random() < 0.2) this.#follow();
    if (this.#random() < 0.2) this.#wish();
  }

  #trace(jobid: string, what: string): void {
    const known = this.#traces.get(jobid) ?? [];
    this.#traces.set(jobid, [...known, { at: this.#world.now(), life: this.#life, what }]);
  }

  #end(jobid: string): void {
    const dice = this.#random();
    const end = dice < 0.7 ? 'completed' : dice < 0.85 ? 'failed' : 'moderated';
    this.#running.delete(jobid);
    this.ended.set(jobid, end);
    this.#trace(jobid, end);
    this.#world.useapi.world.advance(jobid, { to: end });
  }

  /** Approves what waits; asked again after a while, for the bot may have died over it. */
  #review(): void {
    for (const card of this.#world.posts(ids.moderation)) {
      if (this.#decidedCards.has(card.id)) continue;
      if (!textOf(card).includes('"review-approve:')) this.#decidedCards.add(card.id);
      else if (!this.#presses.has(card.id) && this.#random() < 0.5) this.#approve(card);
    }
  }

  #approve(card: APIMessage): void {
    const press = this.#world.discord.people(ids.owner).press(card.id, controlOf(card, 'review-approve'));
    const over = () => this.#presses.delete(card.id);
    this.#presses.set(card.id, press.then(over, over));
  }

  #follow(): void {
    const [jobid] = [...this.#running.keys()].filter((other) => !this.followed.has(other) && !this.#pressed.has(other));
    if (jobid === undefined) return;
    this.#pressed.add(jobid);
    const command = this.#world.owner('watch add', { job: jobid });
    void command.then(
      ({ message }) => textOf(message).includes(watchWords.added(toJobRef(jobid))) && this.followed.add(jobid),
      () => undefined,
    );
  }

  #wish(): void {
    const prompt = `wish ${this.wished.length}`;
    this.wished.push(prompt);
    const typed = { path: 'imagine', options: { prompt } };
    void this.#world.discord
      .people(ids.member)
      .command(ids.general, typed)
      .catch(() => undefined);
  }

  #aFault(): FaultRule {
    const faults: readonly RestFault[] = [
      { kind: 'cut-after' },
      { kind: 'cut-before' },
      { kind: 'status', status: 502 },
      { kind: 'status', status: 502, takesEffect: true },
      { kind: 'delay', ms: 3_000, isAnswerLate: true },
      { kind: 'delay', ms: 1_000 },
    ];
    const routes = [POST, POST, POST, EDIT, FORUM_POST, OPEN_DM];
    const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(this.#random() * from.length)];
    return { fault: pick(faults) ?? { kind: 'cut-after' }, route: pick(routes) ?? POST, times: 1 };
  }
}
