import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { APIMessage } from 'discord.js';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { textOf } from '../e2e/start-world.ts';
import { BotProcess } from './bot-process.ts';
import type { Doom } from './doom.ts';

const API_PATH = '/v3/midjourney/';
const LIST_PATH = '/v3/midjourney/jobs';
const LOOK_MS = 20;
const UNTIL_LIMIT_MS = 5 * 60_000;
/** A machine with too much to do lets a log-in take longer than the bot waits; a supervisor starts it again. */
const MAX_STARTS = 3;
/** Lines of each kind in a report. */
const REPORTED = 20;

export interface LifeWorldOptions {
  /** Milliseconds for which people wait for an answer. */
  readonly patienceMs?: number;
  /** Milliseconds for which Discord remembers a nonce. */
  readonly nonceLivesMs?: number;
}

/**
 * Both stand-ins in this process, the bot in one of its own that can be killed, and one clock for all three that
 * can be moved on.
 */
export class LifeWorld {
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  readonly bot: BotProcess;
  readonly #shift: { aheadMs: number };
  #requestCount = 0;

  private constructor(discord: DiscordStandIn, useapi: UseapiStandIn, shift: { aheadMs: number }) {
    this.discord = discord;
    this.useapi = useapi;
    this.bot = new BotProcess({ discord, useapi });
    this.#shift = shift;
    discord.requests.subscribe(() => {
      this.#requestCount += 1;
    });
  }

  static async start(options: LifeWorldOptions = {}): Promise<LifeWorld> {
    const shift = { aheadMs: 0 };
    const clock: Clock = { ...systemClock, now: () => Date.now() + shift.aheadMs };
    const useapi = await startUseapiStandIn({ speed: 0, maxJobs: 10_000, token: 'user:1-crash', clock });
    const discord = await startDiscordStandIn({ limits: 'off', patienceMs: 5_000, ...options, clock });
    return new LifeWorld(discord, useapi, shift);
  }

  /** How many requests Discord has answered. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /** Begins a life of the bot; returns as soon as its process runs. */
  begin(doom: Pick<Doom, 'atSync' | 'when'> = {}): void {
    this.bot.start({ ...doom, aheadMs: this.#shift.aheadMs });
  }

  /** Begins a life of the bot and waits until it is ready; begins another where Discord was too slow for it. */
  async live(): Promise<void> {
    for (let tries = 0; tries < MAX_STARTS; tries += 1) {
      this.begin();
      if (await this.bot.ready()) return;
    }
    throw new Error(`The bot ended before it was ready.\n${this.bot.log().slice(-REPORTED).join('\n')}`);
  }

  /**
   * Moves the clock of all on, once what the bot has sent has arrived: no request is on its way for as long as the bot
   * waits for one to arrive.
   */
  async skip(ms: number): Promise<void> {
    // What a bot that was killed has written is read first.
    await setImmediate();
    await this.discord.whenServed();
    this.#shift.aheadMs += ms;
    await this.bot.doom({ aheadMs: this.#shift.aheadMs });
  }

  /** By the clock of all: epoch milliseconds. */
  now(): number {
    return Date.now() + this.#shift.aheadMs;
  }

  /** Calls back after each whole list of running jobs that the bot was given, with its JSON. */
  onLook(listener: (list: string) => void): () => void {
    return this.useapi.onRequest(({ path, status, responseBody = '' }) => {
      if (path === LIST_PATH && status === 200) listener(responseBody);
    });
  }

  /** Resolves after the bot has looked at the API so many more times, or has ended. */
  async looks(count: number): Promise<void> {
    let left = count;
    const stop = this.onLook(() => {
      left -= 1;
    });
    await this.until(() => left <= 0);
    stop();
  }

  /**
   * Resolves after so many requests of the bot, to either stand-in. Those for files do not count: where many cards
   * wait, each life would end over fetching them, and none would get any further.
   */
  async requests(count: number): Promise<void> {
    let left = count;
    const note = () => {
      left -= 1;
    };
    const noteCall = ({ path }: { readonly path: string }) => {
      if (path.startsWith(API_PATH)) note();
    };
    const stops = [this.useapi.onRequest(noteCall), this.discord.requests.subscribe(note)];
    await this.until(() => left <= 0);
    for (const stop of stops) stop();
  }

  /** Resolves with whether it came about before the bot ended; rejects where neither happens for long. */
  async until(isSo: () => boolean): Promise<boolean> {
    const giveUpAt = Date.now() + UNTIL_LIMIT_MS;
    while (Date.now() < giveUpAt) {
      if (isSo()) return true;
      if (!this.bot.isAlive) return false;
      await systemClock.sleep(LOOK_MS);
    }
    throw new Error(`Neither did it come about nor did the bot end.\n${this.report()}`);
  }

  /** Whether the bot has stored that it follows this job: whatever happens then, it has to report its end. */
  isFollowed(jobid: string): boolean {
    const database = new DatabaseSync(this.bot.storePath, { readOnly: true });
    try {
      const rows = database.prepare("SELECT 1 FROM keyv WHERE namespace = 'running' AND value LIKE ?");
      return rows.get(`%${jobid}%`) !== undefined;
    } finally {
      database.close();
    }
  }

  owner(path: string, options: Readonly<Record<string, string | number>> = {}, channelId: string = ids.general) {
    return this.discord.people(ids.owner).command(channelId, { path, options });
  }

  /** The bot's messages in a channel that everyone there sees. */
  posts(channelId: string): readonly APIMessage[] {
    const messages = this.discord.people(ids.owner).messages(channelId);
    return messages.filter(({ author, flags = 0 }) => author.bot === true && (flags & 64) === 0);
  }

  /** The messages in a channel that are about a job; of a forum, in all its posts. */
  postsOf(channelId: string, jobid: string): readonly APIMessage[] {
    return this.postsByRef(channelId).get(toJobRef(jobid)) ?? [];
  }

  /** The messages in a channel by what looks like a job's ref in them. */
  postsByRef(channelId: string): ReadonlyMap<string, readonly APIMessage[]> {
    return byRef(this.#placesOf(channelId).flatMap((id) => this.posts(id)));
  }

  /** Jobs by their id or by the prompt that made them. */
  jobsOf(subjects: readonly string[]) {
    const isWanted = (text = '') => subjects.includes(text);
    return this.useapi.world.list().filter(({ jobid, prompt }) => isWanted(jobid) || isWanted(prompt));
  }

  /** The bot's messages anywhere that name one of these words, as text. */
  shownOf(words: readonly string[]): readonly string[] {
    const { channels, messages } = this.discord.world;
    const texts = [...channels.keys()].flatMap((id) => messages.list(id).map(({ message }) => textOf(message)));
    return texts.filter((text) => words.some((word) => text.includes(word)));
  }

  /** What the bot sent a person directly. */
  direct(userId: string): readonly APIMessage[] {
    const person = this.discord.people(userId);
    return person.messages(person.openDm());
  }

  /** The last that the bot said and asked, for who has to find out why it does nothing. */
  report(): string {
    const asked = this.discord.requests.list().filter(({ kind }) => kind === 'request');
    const toLine = ({ at, method, path, status }: { at: number; method: string; path: string; status: number }) =>
      `${new Date(at).toISOString()} ${method} ${path}: ${status}`;
    return [
      ...this.bot.log().slice(-REPORTED),
      ...asked.slice(-REPORTED).map(toLine),
      ...this.useapi.requests.slice(-REPORTED).map(toLine),
    ].join('\n');
  }

  async close(): Promise<void> {
    await this.bot.close();
    await this.discord.close();
    await this.useapi.close();
  }

  #placesOf(channelId: string): readonly string[] {
    if (channelId !== ids.forum) return [channelId];
    const all = [...this.discord.world.channels.values()];
    return all.filter(({ parentId, thread }) => parentId === channelId && thread).map(({ id }) => id);
  }
}

/** Each message under every word in it that may be a job's ref. */
export function byRef(messages: readonly APIMessage[]): ReadonlyMap<string, readonly APIMessage[]> {
  const found = new Map<string, APIMessage[]>();
  for (const message of messages) {
    const words = JSON.stringify(message.components).match(/\b[a-z0-9]{8}\b/g) ?? [];
    for (const word of new Set(words)) found.set(word, [...(found.get(word) ?? []), message]);
  }
  return found;
}
