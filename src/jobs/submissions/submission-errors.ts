import { AccountBlockedError, type BackendError, JobNotFoundError } from '../../backends/backend-errors.ts';
import { UserError } from '../../shared/errors.ts';
import { toProblemSentence } from '../api-problems.ts';
import { toApiChannel, toBoard } from './lost-answers.ts';
import type { Submission } from './submission.ts';
import { submissionProblemWords } from './words.ts';

/** A submission that failed. */
export class SubmissionError extends UserError {
  /** Of the submission. */
  readonly submissionId: string;

  constructor(submissionId: string, code: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.submissionId = submissionId;
  }
}

/** 596: the API channel takes no jobs until it is reset; says which one, where that is known. */
export class ApiChannelBlockedError extends SubmissionError {
  readonly board: string;
  readonly apiChannel: string | undefined;

  constructor(submission: Submission, cause: BackendError, account: string | undefined) {
    super(submission.id, 'api-channel-blocked', toProblemSentence(cause, account), { cause });
    this.board = toBoard(submission);
    this.apiChannel = toApiChannel(submission);
  }
}

/** Of one that waited, or is tried again, since its server might use the account. */
export function toAccountGone({ id }: Submission): SubmissionError {
  return new SubmissionError(id, 'account-gone', submissionProblemWords.accountGone);
}

/** Of one whose answer was lost, at an account that its server has no longer: nobody can look for it. */
export function toAccountRemoved({ id }: Submission): SubmissionError {
  return new SubmissionError(id, 'account-removed', submissionProblemWords.accountRemoved);
}

/** What is known of where a submission went. */
export interface FailureFacts {
  /** The name of its account, for a server that has several. */
  readonly account: string | undefined;
  /** Whether API channels can be reset there. */
  readonly resets: boolean;
}

/** What a failed submission means to people. */
export function toSubmissionError(
  submission: Submission,
  error: BackendError,
  { account, resets }: FailureFacts,
): SubmissionError {
  if (error instanceof AccountBlockedError && resets) return new ApiChannelBlockedError(submission, error, account);
  if (error instanceof JobNotFoundError && submission.work.kind === 'submit') {
    return new SubmissionError(submission.id, 'api-channel-unknown', submissionProblemWords.noApiChannel, {
      cause: error,
    });
  }
  return new SubmissionError(submission.id, error.code, toProblemSentence(error, account), { cause: error });
}
