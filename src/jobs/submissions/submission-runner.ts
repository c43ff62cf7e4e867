import type { ApiJob } from '../../backends/api-job.ts';
import {
  BusyError,
  ClientClosedError,
  ConflictError,
  RejectedPromptError,
  UnreachableError,
  UseapiError,
} from '../../backends/errors.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Logger } from '../../shared/logger.ts';
import { toProblemSentence } from '../api-problems.ts';
import type { Job } from '../job.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { type ActSearch, withParent } from './lost-answers.ts';
import { postAct } from './post-act.ts';
import { type Refusal, toRefusalReason, toRefusedRecord } from './refused-submissions.ts';
import { type Act, isOpenAct, withoutMask } from './submission.ts';
import type { ActApi, PressAnswer } from './submission-api.ts';
import { toActError } from './submission-errors.ts';
import { type ActResult, MAY_BE_RUNNING, toEndedResult } from './submission-result.ts';
import type { ActStore } from './submission-store.ts';

export interface ActRunnerOptions {
  readonly api: ActApi;
  readonly acts: ActStore;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  readonly search: ActSearch;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PARENT_READ_DEADLINE_MS = 10_000;

/** Sends acts, each at most once: stored as `sending` before, as what came of it after. */
export class ActRunner {
  readonly #options: ActRunnerOptions;
  /** Acts that were looked for and not found. */
  readonly #missing = new Set<string>();
  readonly #foundListeners: ((act: Act, job: Job) => void)[] = [];
  readonly #begunListeners: ((act: Act) => Promise<void>)[] = [];
  readonly #madeListeners: ((act: Act, job: Job) => Promise<void>)[] = [];
  readonly #refusedListeners: ((refusal: Refusal) => Promise<void>)[] = [];
  readonly #inFlight = new Set<string>();
  readonly #lock = new KeyedLock();
  readonly #background = new Set<Promise<unknown>>();
  #isLookingAgain = false;

  constructor(options: ActRunnerOptions) {
    this.#options = options;
  }

  /** Whether this process waits for the answer to this act. */
  isInFlight(id: string): boolean {
    return this.#inFlight.has(id);
  }

  /** Stores the intent of a new act; undefined where another process was faster. @see ActStore.begin */
  begin(waiting: Act, follows?: string): Promise<Act | undefined> {
    return this.#start(waiting, (act) => this.#options.acts.begin(act, follows));
  }

  /** Stores the intent of an act that waited; undefined where it waits no longer. */
  resume(waiting: Act): Promise<Act | undefined> {
    return this.#start(waiting, (act) => this.#options.acts.claim(act));
  }

  /** Nothing is sent before this has resolved to an act. */
  async #start(waiting: Act, store: (act: Act) => Promise<boolean>): Promise<Act | undefined> {
    this.#inFlight.add(waiting.id);
    const act: Act = { ...waiting, state: 'sending', sentAt: this.#options.clock.now() };
    let isStarted = false;
    try {
      if (!(await store(act))) return undefined;
      await this.tellBegun(act);
      isStarted = true;
      return act;
    } finally {
      if (!isStarted) this.#inFlight.delete(waiting.id);
    }
  }

  /** Calls `listener` with every act before it is sent, and again after a restart while it is open: must be idempotent. */
  onBegun(listener: (act: Act) => Promise<void>): void {
    this.#begunListeners.push(listener);
  }

  /** Calls `listener` with every 422 before it is stored. */
  onRefused(listener: (refusal: Refusal) => Promise<void>): void {
    this.#refusedListeners.push(listener);
  }

  async tellBegun(act: Act): Promise<void> {
    for (const listener of this.#begunListeners) await listener(act);
  }

  /** Calls `listener` with the job that came of an act before the act is stored as ended, and again after a crash in between: must be idempotent. */
  onMade(listener: (act: Act, job: Job) => Promise<void>): void {
    this.#madeListeners.push(listener);
  }

  /** Sends an act that was started, once, and stores what came of it. Rejects only when the store fails. */
  send(act: Act): Promise<ActResult> {
    const sent = this.#send(act).finally(() => this.#inFlight.delete(act.id));
    this.#inBackground(sent);
    return sent;
  }

  /** Finds out by reading what became of an act whose answer was lost; never sends, and leaves alone what waits or is being sent. */
  async lookFor({ id }: Act): Promise<ActResult> {
    return this.isInFlight(id) ? MAY_BE_RUNNING : this.#lookFor(id);
  }

  #lookFor(id: string): Promise<ActResult> {
    const { acts, search, clock } = this.#options;
    return this.#lock.run(id, async () => {
      const act = await acts.get(id);
      if (act === undefined || !isOpenAct(act)) return this.#toResult(id, act);
      if (act.state === 'waiting') return MAY_BE_RUNNING;
      const unknown: Act = { ...act, state: 'unknown', endedAt: act.endedAt ?? clock.now() };
      if (act.state !== 'unknown') await acts.put(unknown);
      const result = await search.find(unknown);
      if (result.outcome === 'found') return this.#end(unknown, 'done', { outcome: 'found', job: result.job });
      this.#missing.add(id);
      return MAY_BE_RUNNING;
    });
  }

  /** Takes note of any news of a job: it may be the one that an act of unknown outcome made. */
  async noteJob(job: Job): Promise<void> {
    if (job.replyRef === undefined || !this.#missing.delete(job.replyRef)) return;
    const act = await this.#options.acts.get(job.replyRef);
    if (act?.state !== 'unknown') return;
    await this.#end(act, 'done', { outcome: 'found', job });
    this.tellFound(act, job);
  }

  /** Looks once more for what was not found: a job has turned up that may be one of them. */
  lookAgain(): void {
    if (this.#isLookingAgain || this.#missing.size === 0) return;
    this.#isLookingAgain = true;
    this.#inBackground(this.#lookForMissing().finally(() => (this.#isLookingAgain = false)));
  }

  async #lookForMissing(): Promise<void> {
    for (const id of [...this.#missing]) {
      const result = await this.#lookFor(id);
      const act = result.outcome === 'found' ? await this.#options.acts.get(id) : undefined;
      if (result.outcome === 'found' && act !== undefined) this.tellFound(act, result.job);
    }
  }

  /** Says that a job has turned up to whoever does not wait for an answer any more. */
  tellFound(act: Act, job: Job): void {
    for (const listener of this.#foundListeners) listener(act, job);
  }

  /** Calls `listener` when a job turns up that `may-be-running` was said of. */
  onFound(listener: (act: Act, job: Job) => void): void {
    this.#foundListeners.push(listener);
  }

  /** What an act came to that has ended. */
  async #toResult(id: string, act: Act | undefined): Promise<ActResult> {
    const job = act?.childRef === undefined ? undefined : await this.#options.jobs.get(act.childRef);
    return toEndedResult(id, act, job);
  }

  /** Resolves when nothing is being sent, nor anything left that was started on the side. */
  async whenIdle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  async #send(act: Act): Promise<ActResult> {
    const answer = await postAct(this.#options.api, act);
    return answer instanceof UseapiError ? this.#settleError(act, answer) : this.#settleAnswer(act, answer);
  }

  async #settleAnswer(act: Act, answer: PressAnswer): Promise<ActResult> {
    const { tracker } = this.#options;
    if (answer.outcome === 'created' && !(await this.#wasThere(act, answer.job))) {
      const origin = { guildId: act.guildId, userId: act.userId };
      const job = await tracker.observe(withParent(act, answer.job), { origin });
      return this.#end(act, 'done', { outcome: 'made', job });
    }
    const jobid = answer.outcome === 'created' ? answer.job.jobid : answer.jobid;
    const job = await this.#readOr(jobid, answer.job);
    if (job !== undefined) return this.#end(act, 'existing', { outcome: 'existing', job });
    return this.#fail(act, new ConflictError({ endpoint: 'POST button', status: 409 }));
  }

  /** v3 answers a repeated upscale with the child it has, and may do so as if it were new. */
  async #wasThere(act: Act, record: ApiJob): Promise<boolean> {
    if (act.work.kind === 'submit') return false;
    if (record.replyRef !== undefined) return record.replyRef !== act.id;
    if (act.work.childrenBefore.includes(record.jobid)) return true;
    const { job } = await this.#options.jobs.find(record.jobid);
    const sentAt = act.sentAt ?? act.askedAt;
    // Where the clock was set back since, the two times cannot be compared.
    return job !== undefined && sentAt <= this.#options.clock.now() && job.firstSeenAt < sentAt;
  }

  async #settleError(act: Act, error: UseapiError): Promise<ActResult> {
    const { acts, logger } = this.#options;
    const isUnsent = error instanceof UnreachableError || error instanceof ClientClosedError;
    if (error instanceof BusyError || (isUnsent && act.hasWaited)) {
      const { sentAt: _, ...rest } = act;
      await acts.put({ ...rest, state: 'waiting', hasWaited: true });
      return { outcome: 'busy', retryAfterMs: error.retryAfterMs };
    }
    if (error instanceof RejectedPromptError) return this.#refuse(act, error);
    if (error instanceof ConflictError) return this.#settleConflict(act, error);
    if (!error.mayHaveActed) return this.#fail(act, error);
    logger.warn({ act: act.id, code: error.code, status: error.status }, 'The outcome of an act is not known.');
    if (error.status === 596) return this.#leaveUnknown(act, error);
    const result = await this.#lookFor(act.id);
    return result.outcome === 'may-be-running' ? { ...result, reason: toProblemSentence(error) } : result;
  }

  async #refuse(act: Act, error: RejectedPromptError): Promise<ActResult> {
    const record = toRefusedRecord(error);
    const origin = { guildId: act.guildId, userId: act.userId };
    const job = record && (await this.#options.tracker.observe(withParent(act, record), { origin }));
    const refusal = { reason: toRefusalReason(error), ...(job !== undefined && { job }) };
    for (const listener of this.#refusedListeners) await listener({ act, ...refusal });
    return this.#end(act, 'refused', { outcome: 'refused', ...refusal });
  }

  /** 409 without a job in the answer: its parent names it. */
  async #settleConflict(act: Act, error: UseapiError): Promise<ActResult> {
    if (act.work.kind === 'submit') return this.#fail(act, error);
    const { jobid, label } = act.work;
    const parent = await this.#readOr(jobid, undefined);
    const child = parent?.children.findLast(({ button }) => button === label)?.jobid;
    const job = child === undefined ? undefined : await this.#readOr(child, undefined);
    return job === undefined ? this.#fail(act, error) : this.#end(act, 'existing', { outcome: 'existing', job });
  }

  async #leaveUnknown(act: Act, error: UseapiError): Promise<ActResult> {
    await this.#options.acts.put({ ...act, state: 'unknown', endedAt: this.#options.clock.now() });
    return { outcome: 'failed', error: toActError(act, error) };
  }

  #fail(act: Act, error: UseapiError): Promise<ActResult> {
    return this.#end(act, 'failed', { outcome: 'failed', error: toActError(act, error) });
  }

  async #end(act: Act, state: Act['state'], result: ActResult): Promise<ActResult> {
    this.#missing.delete(act.id);
    const reason = 'reason' in result ? result.reason : 'error' in result ? result.error.message : undefined;
    const job = 'job' in result ? result.job : undefined;
    const isMade = state === 'done' || state === 'existing';
    if (job !== undefined) for (const listener of this.#madeListeners) await listener(act, job);
    await this.#options.acts.put({
      ...withoutMask(act),
      state,
      endedAt: this.#options.clock.now(),
      ...(job !== undefined && isMade && { childRef: job.ref }),
      ...(reason !== undefined && { reason }),
    });
    if (isMade && act.work.kind === 'press') this.#inBackground(this.#readParent(act.work.jobid));
    return result;
  }

  /** Its children show the new job then. */
  async #readParent(jobid: string): Promise<void> {
    const { api, tracker } = this.#options;
    await tracker.observe(await api.readJob(jobid, { deadlineMs: PARENT_READ_DEADLINE_MS }));
  }

  #inBackground(work: Promise<unknown>): void {
    const guarded: Promise<unknown> = work
      .catch((thrown: unknown) =>
        this.#options.logger.debug({ error: toErrorMessage(thrown) }, 'Something that an act started did not succeed.'),
      )
      .finally(() => this.#background.delete(guarded));
    this.#background.add(guarded);
  }

  async #readOr(jobid: string, record: ApiJob | undefined): Promise<Job | undefined> {
    const { api, tracker, jobs } = this.#options;
    try {
      return await tracker.observe(await api.readJob(jobid), { isDecided: true });
    } catch (thrown) {
      if (!(thrown instanceof UseapiError)) throw thrown;
      if (record === undefined) return (await jobs.find(jobid)).job;
      return await tracker.observe(record, { isDecided: true });
    }
  }
}
