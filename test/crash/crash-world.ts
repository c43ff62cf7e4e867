import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { BotProcess } from './bot-process.ts';

const JOBS_AT_ONCE = 4;
const LIST_PATH = '/v3/midjourney/jobs';

/**
 * Both stand-ins in this process, the bot in one of its own that can be killed; jobs that begin and end all the time.
 */
export class CrashWorld {
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  readonly random: () => number;
  readonly bot: BotProcess;
  /** Jobs that run, and in how many lists of the present life of the bot they were. */
  readonly #running = new Map<string, number>();
  readonly #ended: string[] = [];
  #isClosing = false;

  private constructor(discord: DiscordStandIn, useapi: UseapiStandIn, random: () => number) {
    this.discord = discord;
    this.useapi = useapi;
    this.random = random;
    this.bot = new BotProcess({ discord, useapi });
    useapi.onRequest(({ path, status }) => {
      if (path === LIST_PATH && status === 200 && !this.#isClosing) this.#turnOver();
    });
  }

  static async start(random: () => number): Promise<CrashWorld> {
    const useapi = await startUseapiStandIn({ speed: 0, maxJobs: 1_000, token: 'user:1-crash' });
    const discord = await startDiscordStandIn({ limits: 'off', patienceMs: 30_000 });
    return new CrashWorld(discord, useapi, random);
  }

  /** Refs of the jobs whose end the bot has promised to report: each was in a list that it had worked off. */
  get promised(): readonly string[] {
    return this.#ended.map((jobid) => toJobRef(jobid));
  }

  /** Starts the bot; returns as soon as its process runs. */
  startBot(): void {
    for (const jobid of this.#running.keys()) this.#running.set(jobid, 0);
    this.bot.start();
  }

  /** Resolves when the bot says that it is ready. */
  async ready(): Promise<void> {
    if (!(await this.bot.ready()))
      throw new Error(`The bot ended before it was ready.\n${this.bot.log().slice(-20).join('\n')}`);
  }

  kill(): Promise<void> {
    return this.bot.kill();
  }

  /** No more jobs: those that run end once they were seen. */
  windDown(): void {
    this.#isClosing = true;
    for (const jobid of this.#running.keys()) this.useapi.world.advance(jobid, { to: 'cancelled' });
    this.#running.clear();
  }

  /** Resolves after the bot has looked at the API so many more times. */
  async looks(count: number): Promise<void> {
    const { promise, resolve: enough } = Promise.withResolvers<void>();
    let left = count;
    const stop = this.useapi.onRequest(({ path }) => {
      if (path === LIST_PATH) left -= 1;
      if (left <= 0) enough();
    });
    await promise;
    stop();
  }

  /** Resolves after so many requests of the bot, to either stand-in. */
  async requests(count: number): Promise<void> {
    const { promise, resolve: enough } = Promise.withResolvers<void>();
    let left = count;
    const note = () => {
      left -= 1;
      if (left === 0) enough();
    };
    const stops = [this.useapi.onRequest(note), this.discord.requests.subscribe(note)];
    await promise;
    for (const stop of stops) stop();
  }

  /** How often each job is notified in a channel, by ref. */
  posts(channelId: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { message } of this.discord.world.messages.list(channelId)) {
      for (const ref of refsIn(JSON.stringify(message.components))) counts.set(ref, (counts.get(ref) ?? 0) + 1);
    }
    return counts;
  }

  /** The forum's posts: one thread a job. */
  forumPosts(forumId: string): ReadonlyMap<string, number> {
    const threads = [...this.discord.world.channels.values()].filter(
      (channel) => channel.parentId === forumId && channel.thread,
    );
    const counts = new Map<string, number>();
    for (const thread of threads) {
      for (const [ref, count] of this.posts(thread.id)) counts.set(ref, (counts.get(ref) ?? 0) + count);
    }
    return counts;
  }

  async close(): Promise<void> {
    await this.bot.close();
    await this.discord.close();
    await this.useapi.close();
  }

  /** After each list: jobs that were in an earlier one of this life may end, and new ones begin. */
  #turnOver(): void {
    for (const [jobid, lists] of this.#running) {
      this.#running.set(jobid, lists + 1);
      if (lists >= 1 && this.random() < 0.6) this.#end(jobid);
    }
    while (this.#running.size < JOBS_AT_ONCE) {
      const prompt = `job ${this.#ended.length + this.#running.size}`;
      this.#running.set(this.useapi.world.startJob({ version: 'v3', prompt }), 0);
    }
  }

  #end(jobid: string): void {
    this.#running.delete(jobid);
    this.#ended.push(jobid);
    this.useapi.world.advance(jobid, this.random() < 0.8 ? { to: 'completed' } : { to: 'failed' });
  }
}

/** Each job that a message reports, once: by the Refresh button of a card, or an option of a summary. */
function refsIn(components: string): ReadonlySet<string> {
  const cards = Array.from(components.matchAll(/"job-refresh:(\w{8})/g), (match) => match[1] ?? '');
  const options = Array.from(components.matchAll(/"value":"(\w{8})"/g), (match) => match[1] ?? '');
  return new Set([...cards, ...options]);
}

/** Numbers from 0 to 1 that follow from the seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
