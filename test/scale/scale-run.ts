import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { byRef } from '../crash/life-world.ts';
import { ScaleClicks } from './scale-clicks.ts';
import { type FaultKind, inflict, isOfGateway, toLimitMs } from './scale-faults.ts';
import type { ScaleWorld } from './scale-world.ts';

const JOBS_AT_ONCE = 4;
/** Looks, one a second, without a change after which nothing more will be posted. */
const MAX_IDLE_LOOKS = 120;
/** Where the two rules post. */
const CHANNELS = [ids.showcase, ids.announcements] as const;

/** An end that the bots have to report: one of them had stored that it follows the job. */
interface End {
  /** In which round of endings it came. */
  readonly endedIn: number;
  /** From which round of endings on the bots had stored that it ended, so that its posts come before later ones. */
  settledIn: number;
}

interface Takeover {
  readonly kind: FaultKind;
  /** Milliseconds from when there was somebody who could work to when a job that began after the fault was followed. */
  readonly ms: number;
}

/** Jobs that start, run and end all the time, a member who presses, and one fault after the other. */
export class ScaleRun {
  readonly #world: ScaleWorld;
  readonly #random: () => number;
  readonly #running = new Set<string>();
  readonly #ended = new Map<string, End>();
  readonly clicks: ScaleClicks;
  readonly #takeovers: Takeover[] = [];
  #turning: Promise<void> = Promise.resolve();
  #trouble: unknown;
  #round = 0;
  #isGoing = false;
  #isClosing = false;

  constructor(world: ScaleWorld, random: () => number) {
    this.#world = world;
    this.#random = random;
    this.clicks = new ScaleClicks(world);
    world.onLook(() => {
      this.#turning = this.#turning.then(() => this.#turnOver()).catch((thrown) => (this.#trouble = thrown));
    });
  }

  /** Buttons to click, and two rules. */
  async prepare(buttons: number): Promise<void> {
    await this.#world.settled();
    await this.clicks.prepare(buttons);
    for (const channel of CHANNELS)
      await this.#world.owner('notify add', { events: 'completed,failed', media: 'none', channel });
    this.#isGoing = true;
  }

  /** One fault, wherever it hits, and the time until work goes on. */
  async round(kind: FaultKind): Promise<void> {
    await this.#world.settled();
    await this.#world.looks(2 + Math.floor(this.#random() * 4));
    if (this.#random() < 0.7) this.clicks.click();
    await this.#requests(Math.floor(this.#random() * 12));
    const scene = { world: this.#world, random: this.#random, click: () => this.clicks.click() };
    const aftermath = await inflict(kind, scene);
    await (isOfGateway(kind) ? this.#untilServed(kind) : this.#untilAtWork(kind));
    await aftermath();
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  /**
   * Nothing fails and nothing begins any more: resolves when all was posted, or when it will not be. What a click that
   * was never answered keeps back comes when another one was, and would else come ten minutes later.
   */
  async windDown(): Promise<void> {
    await this.#world.settled();
    await this.clicks.whenAnswered();
    this.clicks.click();
    await this.clicks.whenAnswered();
    this.#isClosing = true;
    for (let idle = 0, before = ''; idle < MAX_IDLE_LOOKS && !this.#isDone(); ) {
      await this.#world.looks(1);
      const now = `${this.#running.size} ${this.untold().join()}`;
      idle = now === before ? idle + 1 : 0;
      before = now;
    }
    // What is posted twice comes at once.
    await this.#world.looks(3);
  }

  get endedCount(): number {
    return this.#ended.size;
  }

  /** Each end that is not posted once in each channel, and jobs whose end nobody waits for. */
  untold(): readonly string[] {
    const wrong = CHANNELS.flatMap((channelId) => {
      const posts = byRef(this.#world.posts(channelId));
      return [...this.#ended.keys()].flatMap((jobid) => {
        const count = posts.get(toJobRef(jobid))?.length ?? 0;
        return count === 1 ? [] : [`${toJobRef(jobid)} in ${channelId}: ${count}`];
      });
    });
    return [...wrong, ...[...this.#running].map((jobid) => `${toJobRef(jobid)} is not followed`)];
  }

  /** Posts before one whose end had been stored before theirs came. */
  misordered(): readonly string[] {
    return CHANNELS.flatMap((channelId) => {
      const refs = new Map([...this.#ended].map(([jobid, end]) => [toJobRef(jobid), end]));
      const order = this.#world.posts(channelId).flatMap((post) => {
        const ref = [...byRef([post]).keys()].find((word) => refs.has(word)) ?? '';
        const end = refs.get(ref);
        return end === undefined ? [] : [{ ref, end }];
      });
      return order.flatMap(({ ref, end }, at) => {
        const late = order.slice(at + 1).find((later) => later.end.settledIn <= end.endedIn);
        return late === undefined ? [] : [`${channelId}: ${ref} before ${late.ref}`];
      });
    });
  }

  /** After which work went on too late. */
  lateTakeovers(): readonly string[] {
    const { workers } = this.#world;
    return this.#takeovers.filter(({ kind, ms }) => ms > toLimitMs(kind, workers, this.#longestStartMs)).map(toText);
  }

  summary(): string {
    return [
      `${this.#world.bots.length} processes`,
      `${this.#ended.size} ends, each in ${CHANNELS.length} channels`,
      this.clicks.summary(),
      `at work again after ${this.#takeovers.map(toText).join(', ')}`,
      `a process starts within ${(this.#longestStartMs / 1_000).toFixed(1)} s`,
    ].join('; ');
  }

  get #longestStartMs(): number {
    return Math.max(...this.#world.bots.map(({ longestStartMs }) => longestStartMs));
  }

  #isDone(): boolean {
    return this.#running.size === 0 && this.untold().length === 0;
  }

  /** Somebody is where a job that begins now is stored as followed. */
  async #untilAtWork(kind: FaultKind): Promise<void> {
    const from = performance.now();
    const jobid = this.#begin();
    const isFollowed = async () => (await this.#world.followed()).includes(jobid) || this.#ended.has(jobid);
    await this.#world.until(`work to go on after ${kind}`, isFollowed);
    const now = performance.now();
    const { bot } = await this.#world.working();
    // Where nobody was left, the process that works now had to start first.
    this.#takeovers.push({ kind, ms: now - Math.max(from, bot?.startedAt ?? from) });
  }

  /** People are heard again, wherever their server's shard was. */
  async #untilServed(kind: FaultKind): Promise<void> {
    const from = performance.now();
    await this.#world.until(`commands to be heard after ${kind}`, () => this.#world.isServed());
    this.#takeovers.push({ kind, ms: performance.now() - from });
  }

  /** Resolves after so many requests more that are work. */
  async #requests(count: number): Promise<void> {
    const until = this.#world.trail.length + count;
    await this.#world.until(`${count} requests`, () => this.#world.trail.length >= until);
  }

  /** After each list: jobs that are followed may end, and new ones begin. */
  async #turnOver(): Promise<void> {
    if (!this.#isGoing) return;
    const followed = await this.#world.followed();
    this.#round += 1;
    for (const [jobid, end] of this.#ended)
      if (end.settledIn === Number.POSITIVE_INFINITY && !followed.includes(jobid)) end.settledIn = this.#round;
    for (const { jobid, status } of this.#world.useapi.world.list())
      if (status !== 'completed' && status !== 'failed' && !this.#ended.has(jobid)) this.#running.add(jobid);
    for (const jobid of this.#running)
      if (followed.includes(jobid) && (this.#isClosing || this.#random() < 0.5)) this.#end(jobid);
    while (!this.#isClosing && this.#running.size < JOBS_AT_ONCE) this.#begin();
  }

  #begin(): string {
    const prompt = `job ${this.#ended.size + this.#running.size}`;
    const jobid = this.#world.useapi.world.startJob({ version: 'v3', prompt });
    this.#running.add(jobid);
    return jobid;
  }

  #end(jobid: string): void {
    this.#running.delete(jobid);
    this.#ended.set(jobid, { endedIn: this.#round, settledIn: Number.POSITIVE_INFINITY });
    this.#world.useapi.world.advance(jobid, { to: this.#random() < 0.8 ? 'completed' : 'failed' });
  }
}

function toText({ kind, ms }: Takeover): string {
  return `${kind} ${(ms / 1_000).toFixed(1)} s`;
}
