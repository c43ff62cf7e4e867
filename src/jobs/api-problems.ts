import { BackendError } from '../backends/backend-errors.ts';
import { type AppError, UserError } from '../shared/errors.ts';
import { PROBLEM_CHECKS, PROBLEM_SENTENCES, problemWords, UNREADABLE_ANSWER } from './words.ts';

/** A sentence for people about a failed call; any other error is given back as it is. @see toProblemSentence */
export function toUserError(thrown: unknown, account?: string): unknown {
  return thrown instanceof BackendError
    ? new UserError(thrown.code, toProblemSentence(thrown, account), { cause: thrown })
    : thrown;
}

/**
 * What happened at the API and what to do next, for everybody: never a status, a variable or an address.
 * @param account Its name, for a server that has several.
 */
export function toProblemSentence(error: BackendError, account?: string): string {
  const sentence = PROBLEM_SENTENCES[error.code] ?? UNREADABLE_ANSWER;
  const named = sentence.replace('{of}', account === undefined ? '' : ` of ${account}`);
  return named.replace('{wait}', toWaitText(error.retryAfterMs));
}

/** For those who may configure: the call, how it was answered, and what to check; undefined for any other error. */
export function toProblemDetails(thrown: unknown): string | undefined {
  if (!(thrown instanceof BackendError)) return undefined;
  const { code, endpoint, status } = thrown;
  const check = PROBLEM_CHECKS[PROBLEM_SENTENCES[code] === undefined ? 'backend-unreadable' : code];
  return problemWords.details([endpoint, ...[status?.toString(), check].filter((part) => part !== undefined)]);
}

function toWaitText(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return problemWords.inHalfAMinute;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return seconds < 120 ? problemWords.inSeconds(seconds) : problemWords.inMinutes(Math.ceil(seconds / 60));
}

/** Whether the API says that it does not have the job, or no longer. */
export function isGoneError(error: BackendError): boolean {
  return error.code === 'backend-not-found' || error.code === 'backend-expired';
}

/** Whether the API says that it had the job and has it no longer; a 404 alone may be a mishap. */
export function isExpiredError(error: BackendError): boolean {
  return error.code === 'backend-expired';
}

/** Whether nothing was asked because a server's members have looked up too much. */
export function isReadLimit({ code }: Pick<AppError, 'code'>): boolean {
  return code === 'backend-read-limit';
}
