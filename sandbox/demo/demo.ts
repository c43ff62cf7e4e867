import type { DiscordStandIn } from '../discord/discord-stand-in.ts';
import type { UseapiWorld } from '../useapi/useapi-switches.ts';
import { type DemoParts, followJob, makeHistory } from './demo-history.ts';
import { LivingJobs } from './living-jobs.ts';

/** How long one live card is enough, however often the page is opened. */
const FOLLOW_PAUSE_MS = 10 * 60_000;

export interface DemoOptions {
  readonly discord: DiscordStandIn;
  readonly world: UseapiWorld;
  /** Lets the bot look at the API at once; never rejects. */
  readonly look: () => Promise<void>;
}

/** A world that lives: its channels have a history, and while a page is open a job moves. */
export class Demo {
  readonly #parts: DemoParts;
  readonly #jobs: LivingJobs;
  readonly #history = Promise.withResolvers<void>();
  #isWatched = false;
  #isOver = false;
  #followedAt = Number.NEGATIVE_INFINITY;

  constructor({ discord, world, look }: DemoOptions) {
    this.#parts = { discord, world, look, isOver: () => this.#isOver };
    this.#jobs = new LivingJobs(world, () => void look());
  }

  /** To be called once the bot runs. Resolves when the history is there; what the bot refuses is left out. */
  async begin(): Promise<void> {
    await makeHistory(this.#parts).catch(() => undefined);
    this.#history.resolve();
  }

  /** Resolves once the history is there. */
  whenMade(): Promise<void> {
    return this.#history.promise;
  }

  /** Whether a page is open. */
  setWatched(isWatched: boolean): void {
    if (this.#isOver) return;
    const isNew = isWatched && !this.#isWatched;
    this.#isWatched = isWatched;
    this.#jobs.setWatched(isWatched);
    if (isNew) void this.#follow();
  }

  close(): void {
    this.#jobs.setWatched(false);
    this.#isOver = true;
  }

  /** A live card for one who comes in, once the history is there. */
  async #follow(): Promise<void> {
    const { world, look } = this.#parts;
    await this.#history.promise;
    if (this.#isOver || !this.#isWatched || world.speed === 0) return;
    if (world.clock.now() - this.#followedAt < FOLLOW_PAUSE_MS) return;
    this.#followedAt = world.clock.now();
    const jobid = this.#jobs.latest() ?? this.#jobs.begin();
    await look();
    await followJob(this.#parts, jobid).catch(() => undefined);
  }
}
