import type { Clock } from '../../src/shared/clock.ts';
import { compact } from '../../src/shared/compact.ts';
import { Listeners } from '../../src/shared/listeners.ts';
import { type ApiChannelState, Channels } from './channels.ts';
import { IdSource } from './id-source.ts';
import { newJob, type StartJob, toJobType } from './new-job.ts';
import {
  canChange,
  changeJob,
  isRunning,
  type JobChange,
  type SandboxJob,
  type SandboxVersion,
} from './sandbox-job.ts';
import { Scheduler } from './scheduler.ts';
import { type PlannedChange, planJob } from './timeline.ts';

export type Subscription = 'active' | 'expired';

export interface WorldOptions<Switches extends object> {
  readonly clock: Clock;
  /** 1: a job takes about 30 s; 0: nothing moves unless asked. */
  readonly speed: number;
  readonly apiChannels: readonly string[];
  readonly maxJobs: number;
  readonly subscription: Subscription;
  readonly switches: Switches;
  /** A prompt with one of these is accepted and moderated after 2–5 s. */
  readonly moderatedWords: readonly string[];
  /** A prompt with one of these is refused on submit (422). */
  readonly refusedWords: readonly string[];
}

/** The first Midjourney channel of the account. */
export const FIRST_CHANNEL = '1122334455667788990';

function hasWord(prompt: string, words: readonly string[]): boolean {
  const found = new Set(prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  return words.some((word) => found.has(word.toLowerCase()));
}

/** A stand-in's whole state: jobs, channels, time and switches; tests, the page and the HTTP routes steer it alike. */
export class MidjourneyWorld<Switches extends object> {
  readonly clock: Clock;
  readonly channels: Channels;
  readonly startedAt: number;
  readonly #options: WorldOptions<Switches>;
  readonly #jobs = new Map<string, SandboxJob>();
  readonly #running = new Set<string>();
  readonly #jobidByGuid = new Map<string, string>();
  readonly #ids = new IdSource();
  readonly #scheduler: Scheduler;
  readonly #changes = new Listeners<[job: SandboxJob], void>();
  /** Calls the listener with each new or changed job; returns how to stop it. */
  readonly onChange = this.#changes.on;
  #switches: Switches;
  #subscription: Subscription;

  constructor(options: WorldOptions<Switches>) {
    this.clock = options.clock;
    this.startedAt = options.clock.now();
    this.#options = options;
    this.channels = new Channels(options.apiChannels, options.maxJobs);
    this.#scheduler = new Scheduler(options.clock, options.speed);
    this.#switches = options.switches;
    this.#subscription = options.subscription;
  }

  get switches(): Switches {
    return this.#switches;
  }

  setSwitches(changes: Partial<Switches>): void {
    this.#switches = { ...this.#switches, ...changes };
  }

  get subscription(): Subscription {
    return this.#subscription;
  }

  setSubscription(subscription: Subscription): void {
    this.#subscription = subscription;
  }

  get speed(): number {
    return this.#scheduler.speed;
  }

  /** Factor on time; also for jobs that already run. */
  setSpeed(speed: number): void {
    this.#scheduler.setSpeed(speed);
  }

  /** All jobs, oldest first. */
  list(): readonly SandboxJob[] {
    return [...this.#jobs.values()];
  }

  find(jobid: string): SandboxJob | undefined {
    return this.#jobs.get(jobid);
  }

  findByGuid(guid: string): SandboxJob | undefined {
    return this.#jobs.get(this.#jobidByGuid.get(guid) ?? '');
  }

  /** Running jobs of one version, oldest first. */
  running(version: SandboxVersion, apiChannel?: string): readonly SandboxJob[] {
    const found: SandboxJob[] = [];
    for (const jobid of this.#running) {
      const job = this.#jobs.get(jobid);
      if (job?.version === version && (apiChannel ?? job.apiChannel) === job.apiChannel) found.push(job);
    }
    return found;
  }

  isModeratedPrompt(prompt: string): boolean {
    return hasWord(prompt, this.#options.moderatedWords) || hasWord(prompt, this.#options.refusedWords);
  }

  isRefusedPrompt(prompt: string): boolean {
    return hasWord(prompt, this.#options.refusedWords);
  }

  /** Makes a job, as a submit does but without its checks; returns its id. */
  startJob(wanted: StartJob): string {
    const job = this.#toJob(wanted);
    this.#put(job);
    this.#adopt(job);
    if (wanted.isStill !== true) this.#plan(job, wanted.lastsMs);
    this.#emit(job);
    return job.jobid;
  }

  /** Makes `count` running jobs that stay as they are, cheaply; their pictures are drawn when asked for. */
  addRunningJobs(count: number, wanted: Omit<StartJob, 'overrides'> = {}): readonly string[] {
    const firstAt = this.clock.now() - count;
    return Array.from({ length: count }, (_, index) =>
      this.startJob({
        ...wanted,
        prompt: `${wanted.prompt ?? 'bulk job'} ${index + 1}`,
        createdAt: firstAt + index,
        isStill: true,
      }),
    );
  }

  /**
   * Moves a job on by hand; what it would do by itself goes on from there.
   * @throws RangeError for an unknown job, and for a change that cannot follow the job's state.
   */
  advance(jobid: string, change: JobChange): void {
    const job = this.#jobs.get(jobid);
    if (job === undefined) throw new RangeError(`no job ${jobid}`);
    if (!canChange(job, change)) throw new RangeError(`a job that is ${job.status} cannot become ${change.to}`);
    this.#change(job, change);
  }

  setMaxJobs(maxJobs: number, apiChannel?: string): void {
    this.channels.setMaxJobs(maxJobs, apiChannel);
  }

  /** From now on submits to the channel answer 596. */
  blockChannel(apiChannel: string): void {
    this.channels.setBlocked(apiChannel, true);
  }

  resetChannel(apiChannel: string): void {
    this.channels.setBlocked(apiChannel, false);
  }

  listChannels(): readonly ApiChannelState[] {
    return this.channels.list();
  }

  /** A dropped stream: the job stays as it is and keeps its slot for 14 minutes. */
  dropStream(jobid: string): void {
    const job = this.#jobs.get(jobid);
    if (job === undefined || !isRunning(job)) return;
    this.#change(job, { to: 'stuck' });
    this.#planChange(jobid, this.#scheduler.worldNow() + 14 * 60_000, { to: 'failed', error: 'Job timed out' }, []);
  }

  close(): void {
    this.#scheduler.close();
    this.#changes.clear();
  }

  #toJob(wanted: StartJob): SandboxJob {
    const version = wanted.version ?? 'v3';
    const createdAt = wanted.createdAt ?? this.clock.now();
    const apiChannel = wanted.apiChannel ?? this.channels.list()[0]?.apiChannel ?? FIRST_CHANNEL;
    const jobType = toJobType(wanted);
    const idParts = { version, apiChannel, at: createdAt, ...compact({ jobType }) };
    return newJob(wanted, {
      jobid: wanted.overrides?.jobid ?? this.#ids.jobId(idParts, (taken) => this.#jobs.has(taken)),
      messageId: this.#ids.messageId(createdAt),
      apiChannel,
      jobType,
      createdAt,
      maxJobs: this.channels.ensure(apiChannel).maxJobs,
      parent: this.#jobs.get(wanted.parentJobid ?? ''),
    });
  }

  #put(job: SandboxJob): void {
    this.#jobs.set(job.jobid, job);
    this.#jobidByGuid.set(job.guid, job.jobid);
    if (isRunning(job)) this.#running.add(job.jobid);
    else this.#running.delete(job.jobid);
  }

  /** Enters a child into its parent. */
  #adopt(job: SandboxJob): void {
    const parent = this.#jobs.get(job.parentJobid ?? '');
    if (parent === undefined || job.button === undefined) return;
    const child = { messageId: job.messageId, button: job.button, jobid: job.jobid };
    const others = parent.children.filter((known) => known.jobid !== job.jobid);
    this.#put({ ...parent, children: [...others, child] });
  }

  #plan(job: SandboxJob, lastsMs: number | undefined): void {
    const now = this.#scheduler.worldNow();
    const steps = planJob(job, this.isModeratedPrompt(job.prompt ?? ''), lastsMs);
    const [first, ...rest] = steps.map((step) => ({ ...step, afterMs: now + step.afterMs }));
    if (first !== undefined) this.#planChange(job.jobid, first.afterMs, first.change, rest);
  }

  #planChange(jobid: string, dueAt: number, change: JobChange, rest: readonly PlannedChange[]): void {
    this.#scheduler.plan(jobid, dueAt, () => {
      const job = this.#jobs.get(jobid);
      if (job === undefined || !isRunning(job)) return;
      const [next, ...later] = rest;
      if (next !== undefined) this.#planChange(jobid, next.afterMs, next.change, later);
      if (isForward(job, change)) this.#change(job, change);
    });
  }

  #change(job: SandboxJob, change: JobChange): void {
    const now = this.clock.now();
    const changed = changeJob(job, change, now, change.to === 'completed' ? this.#ids.messageId(now) : job.messageId);
    this.#put(changed);
    this.#adopt(changed);
    if (!isRunning(changed) || changed.stuck) this.#scheduler.cancel(job.jobid);
    this.#emit(changed);
  }

  #emit(job: SandboxJob): void {
    this.#changes.emit(job);
  }
}

/** A planned step never takes a job back to where it has already been. */
function isForward(job: SandboxJob, change: JobChange): boolean {
  if (change.to === 'started') return job.status === 'created';
  return change.to !== 'progress' || change.percent > (job.progressPercent ?? -1);
}
