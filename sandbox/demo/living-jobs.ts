import { isRunning } from '../midjourney/sandbox-job.ts';
import { EXAMPLE_CHANNEL } from '../useapi/seed-jobs.ts';
import type { UseapiWorld } from '../useapi/useapi-switches.ts';

const LOOK_MS = 5_000;
const LASTS_MS = 60_000;
/** From here on a job is soon over, and the next one may begin. */
const NEARLY_DONE_PERCENT = 80;
/** Up to here there is enough to follow. */
const YOUNG_PERCENT = 50;
/** The least time between two jobs, however fast they are. */
const PAUSE_MS = 20_000;

/** What the rule of a demo looks for: one in four prompts has it. */
export const POSTER = 'poster';
const PROMPTS = [
  'a night train crossing a viaduct, ink and wash --ar 16:9',
  'a greenhouse at dusk, warm light through fogged glass',
  'a fisherman mending nets, woodblock print',
  `a ${POSTER} for a jazz festival, two colours --ar 2:3`,
  'waves against a pier --video',
  'a library inside a hollow tree, isometric',
  'an astronaut asleep in a hammock, pastel',
  `a travel ${POSTER} of the north coast, flat shapes --ar 2:3`,
];

/** Begins a job now and then while somebody looks, so that one always moves; nobody looks, nothing begins. */
export class LivingJobs {
  readonly #world: UseapiWorld;
  readonly #onStarted: () => void;
  #watch = new AbortController();
  #started = 0;
  #latest = '';
  #lastAt = Number.NEGATIVE_INFINITY;

  /** @param onStarted called after each job that it begins. */
  constructor(world: UseapiWorld, onStarted: () => void) {
    this.#world = world;
    this.#onStarted = onStarted;
  }

  setWatched(isWatched: boolean): void {
    this.#watch.abort();
    this.#watch = new AbortController();
    if (isWatched) void this.#keepMoving(this.#watch.signal);
  }

  /** Begins a job whatever else runs; returns its id. */
  begin(): string {
    const version = this.#started % 3 === 2 ? 'v2' : 'v3';
    const prompt = PROMPTS[this.#started % PROMPTS.length] ?? '';
    this.#started += 1;
    this.#lastAt = this.#world.clock.now();
    this.#latest = this.#world.startJob({ version, prompt, apiChannel: EXAMPLE_CHANNEL, lastsMs: LASTS_MS });
    this.#onStarted();
    return this.#latest;
  }

  /** The job that it began last, while most of it is still to come. */
  latest(): string | undefined {
    const job = this.#world.find(this.#latest);
    const isYoung = job !== undefined && isRunning(job) && (job.progressPercent ?? 0) < YOUNG_PERCENT;
    return isYoung ? job.jobid : undefined;
  }

  async #keepMoving(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#isTime()) this.begin();
      await this.#world.clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }

  #isTime(): boolean {
    const isEarly = this.#world.clock.now() - this.#lastAt < PAUSE_MS;
    return !isEarly && this.#world.speed > 0 && !this.#isMoving();
  }

  #isMoving(): boolean {
    const running = this.#world.list().filter((job) => isRunning(job) && !job.stuck);
    return running.some(({ progressPercent = 0 }) => progressPercent < NEARLY_DONE_PERCENT);
  }
}
