import type { BackendError } from '../../backends/backend-errors.ts';
import type { FinishResult } from '../../backends/contract.ts';
import type { SubmissionSearch } from './lost-answers.ts';
import { postSecondStep } from './post-submission.ts';
import { isPressSubmission, type PressSubmission, type Submission } from './submission.ts';
import type { SubmissionApi } from './submission-api.ts';
import type { SubmissionStore } from './submission-store.ts';

export interface SecondStepsOptions {
  readonly api: SubmissionApi;
  readonly submissionStore: Pick<SubmissionStore, 'put'>;
  readonly search: Pick<SubmissionSearch, 'findByReference'>;
}

/** Presses that a backend takes in two steps: which job the second one starts is stored before it is sent. */
export class SecondSteps {
  readonly #options: SecondStepsOptions;
  /** By submission, the job that a second step starts which this process was about to send. */
  readonly #own = new Map<string, string>();

  constructor(options: SecondStepsOptions) {
    this.#options = options;
  }

  /** Resolves when it is stored; nothing else shows it after a crash. */
  async note(submission: PressSubmission, jobid: string): Promise<void> {
    this.#own.set(submission.id, jobid);
    await this.#options.submissionStore.put(this.complete(submission));
  }

  /** The submission with the job of its second step, where it has come that far. */
  complete(submission: Submission): Submission {
    const secondStepJobid = this.#own.get(submission.id);
    if (secondStepJobid === undefined || !isPressSubmission(submission)) return submission;
    return { ...submission, work: { ...submission.work, secondStepJobid } };
  }

  /**
   * Goes on with a press whose first step was taken; undefined where nothing says that it was. A second step that
   * this process sent itself may still be on its way, and is not sent again by it.
   */
  async finish(unknown: Submission): Promise<FinishResult | BackendError | undefined> {
    if (!isPressSubmission(unknown)) return undefined;
    const { api, search } = this.#options;
    const referred = await search.findByReference(unknown);
    const found = typeof referred === 'object' ? referred.jobid : undefined;
    const jobid = unknown.work.secondStepJobid ?? found;
    return jobid === undefined ? undefined : postSecondStep(api, unknown, jobid, this.#own.has(unknown.id));
  }
}
