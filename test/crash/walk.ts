import { toJobRef } from '../../src/jobs/job-ref.ts';
import type { LifeWorld } from './life-world.ts';
import { readRowsOf, toRowText, toState } from './stored-state.ts';
import { toUnreportedText } from './unreported-text.ts';
import type { Kind } from './walk-kinds.ts';

export interface WalkOptions {
  /** Whether what is written at the sync is lost or on disk. */
  readonly when: 'before' | 'after';
  /** Milliseconds in which no bot runs, after each death. */
  readonly awayMs: number;
  /** Goes on by so many syncs; 1: at every sync. */
  readonly stride: number;
  /** From 0 to 1: where in its stride it begins. */
  readonly random: () => number;
  /** Whether no further death is to begin: asked from the first pair on. */
  readonly isTimeUp: () => boolean;
  /** Called with progress: it may take hours. */
  readonly say: (progress: string) => void;
}

export interface Walked {
  /** How often the bot died twice. */
  readonly pairs: number;
  /** The last syncs of both lives at which it died. */
  readonly lastSyncs: readonly [number, number];
  /** What was not posted as it has to be. */
  readonly wrong: readonly string[];
}

interface Fallen {
  readonly subjects: readonly string[];
  readonly first: number;
  second: number;
}

const MAX_SYNCS = 300;
/** Looks after which time passes faster. */
const PATIENT_LOOKS = 3;
const MAX_SKIPS = 40;
const FEW_SYNCS = 4;
/** Milliseconds that settle a lost answer. */
const LATER_MS = 31_000;
/** Syncs before the first that changed something, at which the second life dies all the same. */
const SLACK_SYNCS = 2;

/**
 * A bot that dies while it has something to report, dies again in its next life, and then lives: at every pair of
 * syncs.
 * Left out is what was walked: a first death that leaves what an earlier one left, and deaths of a life that has
 * changed nothing yet, or has nothing left to change.
 */
export class Walk {
  readonly #world: LifeWorld;
  readonly #kind: Kind;
  readonly #options: WalkOptions;
  readonly #fallen: Fallen[] = [];
  /** What first deaths left. */
  readonly #states = new Set<string>();
  #pairs = 0;
  #lastSyncs: [number, number] = [0, 0];
  /** Syncs of a second life by which nothing has changed. */
  #idleSyncs = 0;
  #hasChanged = false;
  /** The requests after which it was looked last whether all is notified, and what was found. */
  #seen = { requests: -1, isNotified: false };
  #nudges = 0;

  constructor(world: LifeWorld, kind: Kind, options: WalkOptions) {
    this.#world = world;
    this.#kind = kind;
    this.#options = options;
  }

  /** Goes on until a first life has nothing left to change. */
  async run(): Promise<Walked> {
    const world = this.#world;
    await world.live();
    await this.#kind.prepare(world);
    const end = await this.#goThrough();
    // A first life has few syncs before it has posted all.
    for (let first = this.#firstStep(FEW_SYNCS); first <= MAX_SYNCS; first += this.#options.stride) {
      const pairsBefore = this.#pairs;
      const isOver = await this.#goAlong(first, end);
      this.#options.say(`dead at sync ${first}, then ${this.#pairs - pairsBefore} times again`);
      if (!world.bot.isAlive) await this.#liveOn();
      if (isOver || this.#isTimeUp()) break;
    }
    await world.looks(3);
    return { pairs: this.#pairs, lastSyncs: this.#lastSyncs, wrong: this.#wrong() };
  }

  #isTimeUp(): boolean {
    return this.#pairs > 0 && this.#options.isTimeUp();
  }

  #firstStep(max = Number.POSITIVE_INFINITY): number {
    const { stride, random } = this.#options;
    return 1 + Math.floor(random() * Math.min(stride, max));
  }

  /** Nobody dies: returns what is left then. */
  async #goThrough(): Promise<string> {
    const fallen = await this.#begin(0);
    for (const subject of fallen.subjects) this.#kind.trigger(this.#world, subject);
    await this.#dies(fallen);
    return this.#stateOf(fallen);
  }

  /**
   * Dies at a sync of the first life, each time at another of the second; returns whether later ones have nothing left
   * to change.
   */
  async #goAlong(first: number, end: string): Promise<boolean> {
    let fallen = await this.#diesFirst(first);
    if (fallen === undefined) return true;
    const state = this.#stateOf(fallen);
    if (state === end) return true;
    if (state === '' || this.#states.has(state)) return false;
    this.#states.add(state);
    for (let second = this.#idleSyncs + this.#firstStep(); second <= MAX_SYNCS; second += this.#options.stride) {
      const before = this.#stateOf(fallen);
      if (!(await this.#diesAgain(fallen, second))) return false;
      const after = this.#stateOf(fallen);
      if (after === end) return false;
      if (after === before) {
        if (!this.#hasChanged) this.#idleSyncs = Math.max(0, second - SLACK_SYNCS);
        continue;
      }
      this.#hasChanged = true;
      if (this.#isTimeUp()) return false;
      await this.#liveOn(fallen);
      const next = await this.#diesFirst(first);
      if (next === undefined) return false;
      fallen = next;
    }
    return false;
  }

  async #diesFirst(first: number): Promise<Fallen | undefined> {
    const fallen = await this.#begin(first);
    await this.#world.bot.doom({ atSync: first, when: this.#options.when });
    for (const subject of fallen.subjects) this.#kind.trigger(this.#world, subject);
    return (await this.#dies(fallen)) ? fallen : undefined;
  }

  async #diesAgain(fallen: Fallen, second: number): Promise<boolean> {
    const { when, awayMs } = this.#options;
    fallen.second = second;
    await this.#world.skip(awayMs);
    this.#world.begin({ atSync: second, when });
    if (!(await this.#dies(fallen))) return false;
    this.#pairs += 1;
    const [lastFirst, lastSecond] = this.#lastSyncs;
    this.#lastSyncs = [Math.max(lastFirst, fallen.first), Math.max(lastSecond, second)];
    return true;
  }

  /** A life that goes on. */
  async #liveOn(fallen: Fallen | undefined = this.#fallen.at(-1)): Promise<void> {
    await this.#world.skip(this.#options.awayMs);
    await this.#world.live();
    if (fallen !== undefined) await this.#dies(fallen);
  }

  async #begin(first: number): Promise<Fallen> {
    const fallen = { subjects: await this.#kind.begin(this.#world), first, second: 0 };
    this.#fallen.push(fallen);
    return fallen;
  }

  /** Whether the present life ends before it has posted all and looked around; if not, it goes on. */
  async #dies({ subjects }: Fallen): Promise<boolean> {
    await this.#untilNotified(subjects);
    if (this.#world.bot.isAlive) await this.#world.looks(2);
    await this.#world.bot.doom({ atSync: 0 });
    return !this.#world.bot.isAlive;
  }

  /** Resolves when all is notified, when there is nothing to report, or when the bot has ended. */
  async #untilNotified(subjects: readonly string[]): Promise<void> {
    this.#seen = { requests: -1, isNotified: false };
    for (let skips = 0; skips < MAX_SKIPS; skips += 1) {
      let looks = 0;
      const stop = this.#world.onLook(() => {
        looks += 1;
      });
      const isAlive = await this.#world.until(() => this.#areNotified(subjects) || looks >= PATIENT_LOOKS);
      stop();
      if (!isAlive || this.#areNotified(subjects) || subjects.every((subject) => this.#isForgotten(subject))) return;
      await this.#world.skip(this.#kind.laterMs ?? LATER_MS);
    }
    throw new Error(`Never posted: ${subjects.join(', ')}\n${this.#report(subjects)}`);
  }

  /** Looked up only after requests: nothing else changes what people see. */
  #areNotified(subjects: readonly string[]): boolean {
    const { requestCount: requests } = this.#world;
    if (this.#seen.requests === requests) return this.#seen.isNotified;
    const isNotified = subjects.every((subject) => this.#kind.count(this.#world, subject) > 0);
    this.#seen = { requests, isNotified };
    if (!isNotified && this.#nudges === 0) for (const subject of subjects) void this.#nudge(subject);
    return isNotified;
  }

  async #nudge(subject: string): Promise<void> {
    const nudge = this.#kind.nudge?.(this.#world, subject);
    if (nudge === undefined) return;
    this.#nudges += 1;
    await nudge.catch(() => undefined);
    this.#nudges -= 1;
    // A life that ended meanwhile has not answered it, and the next one has made its requests by now.
    this.#seen = { requests: -1, isNotified: false };
  }

  #isForgotten(subject: string): boolean {
    return this.#kind.isForgotten?.(this.#world, subject) ?? false;
  }

  /** What the store keeps of the subjects and what Discord shows of them. */
  #stateOf({ subjects }: Fallen): string {
    const ofJobs = this.#world.jobsOf(subjects).flatMap(({ jobid }) => [jobid, toJobRef(jobid)]);
    const words = [...new Set([...ofJobs, ...subjects])];
    const rows = readRowsOf(this.#world.bot.storePath, words).map((row) => toRowText(row, words));
    return toState([...rows, ...this.#world.shownOf(words)], words);
  }

  #wrong(): string[] {
    return this.#fallen.flatMap(({ subjects, first, second }) =>
      subjects.flatMap((subject) => {
        const count = this.#kind.count(this.#world, subject);
        if (count === 1 || this.#isForgotten(subject)) return [];
        return [`${subject}, dead at ${first}, then at ${second}: ${count}\n${this.#report([subject])}`];
      }),
    );
  }

  #report(subjects: readonly string[]): string {
    return this.#world
      .jobsOf(subjects)
      .map(({ jobid }) => toUnreportedText(this.#world, jobid, []))
      .join('\n\n');
  }
}
