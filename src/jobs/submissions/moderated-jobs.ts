import { z } from 'zod';
import { type NamedQueue, type Queue, RetryLater } from '../../queue/contract.ts';
import { Listeners } from '../../shared/listeners.ts';
import type { Job } from '../job.ts';
import type { JobStore } from '../job-store.ts';
import type { Transition } from '../job-tracker.ts';
import type { Submission } from './submission.ts';
import type { SubmissionStore } from './submission-store.ts';

const Task = z.object({ ref: z.string() });
type Task = z.infer<typeof Task>;

export interface ModeratedJobsOptions {
  readonly queue: Pick<Queue, 'define'>;
  readonly submissionStore: Pick<SubmissionStore, 'get'>;
  readonly jobs: Pick<JobStore, 'get'>;
}

const AGAIN_MS = 1_000;
const KEEP_KEY_MS = 24 * 60 * 60_000;
/** Attempts have no end; they are at most a minute apart. */
const UNTIL_DONE = { maxAttempts: Number.POSITIVE_INFINITY, backoff: { maxMs: 60_000 } };

/**
 * Notifies who asked for a job that it was moderated after it had been taken, through the queue: at least once,
 * also after a crash.
 */
export class ModeratedJobs {
  readonly #options: ModeratedJobsOptions;
  readonly #tasks: NamedQueue<Task, Task>;
  readonly #moderated = new Listeners<[submission: Submission, job: Job]>();
  /** Calls the listener until it succeeds: it may be called with the same again. */
  readonly onModerated = this.#moderated.on;

  constructor(options: ModeratedJobsOptions) {
    this.#options = options;
    this.#tasks = options.queue.define('moderated-jobs', Task);
  }

  /** For `JobTracker.onTransition`. */
  readonly onTransition = async ({ job, event }: Transition): Promise<void> => {
    if (event !== 'moderated' || job.requestedBy === undefined || job.replyRef === undefined) return;
    await this.#tasks.add({ ref: job.ref }, { key: job.ref, keepKeyMs: KEEP_KEY_MS, ...UNTIL_DONE });
  };

  /** Once, after the listeners were added. */
  start(): void {
    this.#tasks.work(({ payload }) => this.#notify(payload));
  }

  /** A submission that was refused has been answered; one that is being sent is about to be. */
  async #notify({ ref }: Task): Promise<RetryLater | undefined> {
    const job = await this.#options.jobs.get(ref);
    if (job?.replyRef === undefined) return new RetryLater(AGAIN_MS, 'the job is not stored yet');
    const submission = await this.#options.submissionStore.get(job.replyRef);
    if (job.status !== 'moderated' || submission?.state === 'sending')
      return new RetryLater(AGAIN_MS, 'its submit has no answer yet');
    if (submission?.state !== 'done' && submission?.state !== 'unknown') return undefined;
    await this.#moderated.emitInTurn(submission, job);
    return undefined;
  }
}
