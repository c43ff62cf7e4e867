import { isDeepStrictEqual } from 'node:util';
import { boardOf, parseJobid } from '../backends/accounts/job-ids.ts';
import type { ApiJob, RunningJob } from '../backends/api-job.ts';
import { toChunks } from '../shared/chunks.ts';
import { type Clock, isYounger } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import { Listeners } from '../shared/listeners.ts';
import type { Logger } from '../shared/logger.ts';
import { cutText } from '../shared/text.ts';
import { isFinal, isOver, type Job } from './job.ts';
import type { JobClaims, JobOrigin, UnclaimedJob } from './job-claims.ts';
import { type JobEvent, toJobEvent } from './job-events.ts';
import type { JobIndex } from './job-index.ts';
import { mergeJob, toListedJob } from './job-merge.ts';
import type { JobStore, RunningEntry } from './job-store.ts';

/** A job changed in a way that people may want to be notified of. */
export interface Transition {
  readonly job: Job;
  readonly event: JobEvent;
  /** Who submitted the job from Discord, where that is learnt together with its start. */
  readonly origin?: JobOrigin;
}

export interface ObserveOptions {
  /** Set for a job that was submitted from Discord, with the record that its submit answered. */
  readonly origin?: JobOrigin;
  /** Whether it is known that no submission that waits for its answer has made it. */
  readonly isDecided?: boolean;
}

export interface TrackerOptions {
  readonly store: JobStore;
  readonly index: JobIndex;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Finds jobs of ours that are heard of before, or without, the answer to their submit; default: there are none. */
  readonly claims?: JobClaims;
}

interface Whence {
  /** Whether it was submitted here, or stood in a list, although nothing of it is stored. */
  readonly isFollowed: boolean;
  readonly origin: JobOrigin | undefined;
}

/** The one door for what is heard of jobs: the only writer of jobs and the only place where transitions are decided. */
export class JobTracker {
  readonly #store: JobStore;
  readonly #index: JobIndex;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #claims: JobClaims;
  readonly #lock = new KeyedLock();
  readonly #transitions = new Listeners<[transition: Transition]>();
  readonly #metFinal = new Listeners<[job: Job]>();
  readonly #changes = new Listeners<[job: Job], void>();
  readonly #undecidedRecords = new Listeners<[board: string], void>();
  /**
   * Calls the listener once per transition before the job is stored, and again after a crash in between: must be
   * idempotent.
   */
  readonly onTransition = this.#transitions.on;
  /** Calls the listener before a job is stored that is first met when it had already ended: that is no transition. */
  readonly onMetFinal = this.#metFinal.on;
  /** Calls the listener after any change that people can see was stored. */
  readonly onChange = this.#changes.on;
  /**
   * Calls the listener with the board of each record that was read and of which nobody can say yet whether a submission
   * of ours made it.
   */
  readonly onUndecided = this.#undecidedRecords.on;
  readonly #unknownStatuses = new Set<string>();
  /** Lines of jobs that a submission without an answer may have made, and whether their records were read. */
  readonly #undecided = new Map<string, RunningJob & Pick<UnclaimedJob, 'isRead'>>();
  /** Jobs that run, so that a long list costs no reads. */
  readonly #live = new Map<string, Job>();

  constructor({ store, index, clock, logger, claims = NO_CLAIMS }: TrackerOptions) {
    this.#store = store;
    this.#index = index;
    this.#clock = clock;
    this.#logger = logger;
    this.#claims = claims;
  }

  /** Takes up after a restart: what ran goes on being followed, what ended last can be found by autocomplete. */
  async restore(): Promise<void> {
    await this.#claims.load();
    const recent = await this.#store.loadRecent();
    const running = new Map<string, RunningEntry>();
    for await (const [ref, entry] of this.#store.running()) running.set(ref, entry);
    for (const some of toChunks([...recent, ...running.keys()], RESTORE_BATCH)) {
      for (const job of await this.#store.getMany(some)) {
        if (job === undefined) continue;
        this.#remember(job);
        running.delete(job.ref);
      }
    }
    for (const { jobid } of running.values()) await this.#restoreUnstored(jobid);
  }

  /** A process that died between the entry of a running job and the job itself left only its id. */
  async #restoreUnstored(jobid: string): Promise<void> {
    const board = boardOf(jobid);
    if (board !== undefined) await this.observeListed({ jobid, ...parseJobid(jobid, this.#clock.now()), board });
  }

  /** Jobs that are not over, as last heard of. */
  liveJobs(): Job[] {
    return [...this.#live.values()];
  }

  /** Ids of the jobs of a board that are not over. */
  liveIds(board: string): string[] {
    const jobids: string[] = [];
    for (const job of this.#live.values()) if (job.board === board) jobids.push(job.jobid);
    return jobids;
  }

  /** A job that is not over, as last heard of. */
  liveJob(jobid: string): Job | undefined {
    return this.#live.get(jobid);
  }

  isLive(jobid: string): boolean {
    return this.#live.has(jobid);
  }

  /**
   * What is known of a job, with the record that is being taken in: who asks now need not read what
   * somebody has just read.
   */
  find(jobid: string): Promise<Job | undefined> {
    return this.#lock.run(jobid, async () => {
      const { job } = await this.#store.find(jobid);
      const seenAt = job && this.#index.get(job.ref)?.seenAt;
      return job && { ...job, observedAt: Math.max(job.observedAt, seenAt ?? 0) };
    });
  }

  /** Takes in a whole record, wherever it came from, and returns what is known of the job now. */
  async observe(given: ApiJob, options: ObserveOptions = {}): Promise<Job> {
    return this.#lock.run(given.jobid, async () => {
      const { ref, job: known } = await this.#store.find(given.jobid);
      const found = await this.#findOrigin(known, given);
      const record = found === 'elsewhere' ? withoutReference(given) : given;
      const origin = options.origin ?? (found === 'elsewhere' ? undefined : found);
      const merged = withOrigin(this.#store.withAccess(mergeJob(known, record, ref, this.#clock.now())), origin);
      const next = known?.isRead === true ? merged : await this.#withInheritedOrigin(merged);
      this.#noteStatus(next.status);
      if (options.origin === undefined) this.#noteEcho(record, next);
      const isDecided = known !== undefined || options.isDecided === true || next.replyRef !== undefined;
      if (!isDecided && this.#mayBeOurs(next)) return this.#leaveUndecided(next);
      const isFollowed = origin !== undefined || this.#undecided.has(record.jobid);
      const settled = await this.#settle(known, next, { isFollowed, origin });
      this.#undecided.delete(record.jobid);
      return settled;
    });
  }

  /** Takes in a line of a list: a job that is not known yet becomes known as running and unread. */
  observeListed(running: RunningJob): Promise<Job> {
    return this.#observeListed(running, false);
  }

  async #observeListed(running: RunningJob, isDecided: boolean): Promise<Job> {
    const live = this.#live.get(running.jobid);
    if (live !== undefined) return live;
    return this.#lock.run(running.jobid, async () => {
      const { ref, job: known } = await this.#store.find(running.jobid);
      if (known !== undefined) return known;
      const next = this.#store.withAccess(toListedJob(running, ref, this.#clock.now()));
      if (isDecided || !this.#mayBeOurs(next))
        return this.#settle(undefined, next, { isFollowed: false, origin: undefined });
      // So that its end is heard of though it leaves the list, or the process dies, before that is decided.
      if (!this.#undecided.has(running.jobid)) {
        await this.#store.markRunning(next);
        this.#undecided.set(running.jobid, running);
      }
      return { ...next, isUndecided: true };
    });
  }

  /** Jobs of a board of which nobody can say yet whose they are, and of which no record was read. */
  unreadUndecided(board: string): readonly string[] {
    const unread = [...this.#undecided.values()].filter((line) => line.board === board && line.isRead !== true);
    return unread.map(({ jobid }) => jobid);
  }

  /** Takes in the jobs of which it is known by now whose they are, or that have waited long enough for that. */
  async decide(): Promise<void> {
    for (const running of [...this.#undecided.values()]) {
      if (this.#mayBeOurs(running) && (await this.find(running.jobid)) === undefined) continue;
      this.#undecided.delete(running.jobid);
      await this.#observeListed(running, true);
    }
  }

  /** What the answer to a paid call holds does not say what a record holds that is read later. */
  #noteEcho({ replyRef }: ApiJob, job: Job): void {
    if (replyRef !== undefined && job.requestedBy !== undefined) this.#claims.noteEcho(job);
  }

  #mayBeOurs(job: UnclaimedJob & { readonly originGuildId?: string }): boolean {
    return job.originGuildId === undefined && this.#claims.mayHaveMade(job);
  }

  #leaveUndecided(job: Job): Job {
    const line = this.#undecided.get(job.jobid);
    if (line !== undefined) this.#undecided.set(job.jobid, { ...line, isRead: true });
    this.#undecidedRecords.emit(job.board);
    return { ...job, isUndecided: true };
  }

  /** Ends a job that the API no longer knows. */
  async observeGone(jobid: string): Promise<Job | undefined> {
    return this.#lock.run(jobid, async () => {
      const { job: known } = await this.#store.find(jobid);
      if (known === undefined || isOver(known)) return known;
      const now = this.#clock.now();
      return this.#save(known, { ...known, goneAt: now, changedAt: now });
    });
  }

  /**
   * Marks a job that has not changed for too long, once `notify` has resolved; returns whether it was the first time.
   */
  async observeSilence(jobid: string, notify: (job: Job) => Promise<void>): Promise<boolean> {
    return this.#lock.run(jobid, async () => {
      const { job: known } = await this.#store.find(jobid);
      if (known === undefined || isOver(known) || known.lostContactAt !== undefined) return false;
      const now = this.#clock.now();
      const lost = { ...known, lostContactAt: now, observedAt: now, changedAt: now };
      await notify(lost);
      await this.#save(known, lost);
      return true;
    });
  }

  async #settle(known: Job | undefined, next: Job, { isFollowed, origin }: Whence): Promise<Job> {
    if (isFinal(next)) {
      if (isFollowed || (known !== undefined && !isFinal(known)))
        await this.#transitions.emitInTurn({ job: next, event: toJobEvent(next) });
      else if (known === undefined) await this.#metFinal.emitInTurn(next);
      return this.#save(known, next);
    }
    if (known === undefined || isOver(known)) await this.#store.markRunning(next);
    if (!next.isRead || next.startToldAt !== undefined) return this.#save(known, next);
    await this.#transitions.emitInTurn({ job: next, event: 'started', ...compact({ origin }) });
    return this.#save(known, { ...next, startToldAt: this.#clock.now() });
  }

  /** Asked once per job: with the first record that carries a `replyRef`. */
  async #findOrigin(known: Job | undefined, { replyRef, board }: ApiJob): ReturnType<JobClaims['originOf']> {
    return replyRef === undefined || known?.replyRef === replyRef ? undefined : this.#claims.originOf(replyRef, board);
  }

  /** A job made by a button belongs to the server that its parent belongs to. */
  async #withInheritedOrigin(job: Job): Promise<Job> {
    if (job.originGuildId !== undefined || job.parentJobid === undefined) return job;
    const { job: parent } = await this.#store.find(job.parentJobid);
    return parent?.originGuildId === undefined ? job : { ...job, originGuildId: parent.originGuildId };
  }

  async #save(known: Job | undefined, next: Job): Promise<Job> {
    if (known !== undefined && isOnlySeenAgain(known, next)) {
      this.#remember(next);
      return next;
    }
    const { parentJobid } = next;
    if (parentJobid !== undefined && known?.parentJobid !== parentJobid) await this.#store.noteChild(parentJobid, next);
    await this.#store.set(next);
    await this.#store.rememberIds(newRelatives(known, next));
    this.#remember(next);
    if (isOver(next) && (known === undefined || !isOver(known))) {
      await this.#store.unmarkRunning(next.ref);
      await this.#store.saveRecent(this.#index.recentRefs());
    }
    if (known === undefined || next.changedAt !== known.changedAt) this.#changes.emit(next);
    return next;
  }

  #remember(job: Job): void {
    if (isOver(job)) this.#live.delete(job.jobid);
    else this.#live.set(job.jobid, job);
    this.#index.note(job);
  }

  #noteStatus(status: string): void {
    if (KNOWN_STATUSES.has(status) || this.#unknownStatuses.has(status) || this.#unknownStatuses.size >= 100) return;
    this.#unknownStatuses.add(status);
    this.#logger.warn(
      { status: cutText(status, 40) },
      'The API names a status that is not known; it counts as running.',
    );
  }
}

const NO_CLAIMS: JobClaims = {
  load: async () => undefined,
  originOf: async () => undefined,
  mayHaveMade: () => false,
  noteEcho: () => undefined,
};
const RESTORE_BATCH = 500;
/** How often it is stored that a job was seen where nothing else changes. */
const SEEN_STORED_MS = 60 * 60_000;
const KNOWN_STATUSES = new Set(['created', 'started', 'progress', 'completed', 'moderated', 'failed', 'cancelled']);

/** That a job was looked at again is not worth a write, unless the last one is long ago. */
function isOnlySeenAgain(known: Job, next: Job): boolean {
  if (next.changedAt !== known.changedAt || !isYounger(known.observedAt, SEEN_STORED_MS, next.observedAt)) return false;
  return isDeepStrictEqual({ ...known, observedAt: 0 }, { ...next, observedAt: 0 });
}

/** Ids that this job names for the first time: people can open them by ref. */
function newRelatives(known: Job | undefined, next: Job): string[] {
  const before = new Set(known === undefined ? [] : relativesOf(known));
  return relativesOf(next).filter((jobid) => !before.has(jobid));
}

function relativesOf(job: Job): string[] {
  const children = job.children.flatMap((child) => (child.jobid === undefined ? [] : [child.jobid]));
  return job.parentJobid === undefined ? children : [job.parentJobid, ...children];
}

/** An account that names a submission to another one would have what it sends taken for what another server made. */
function withoutReference({ replyRef: _, ...record }: ApiJob): ApiJob {
  return record;
}

function withOrigin(job: Job, origin: JobOrigin | undefined): Job {
  if (origin === undefined) return job;
  return { ...job, originGuildId: origin.guildId, requestedBy: origin.userId };
}
