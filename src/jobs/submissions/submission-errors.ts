import type { ApiVersion } from '../../backends/api-job.ts';
import { AccountBlockedError, JobNotFoundError, type UseapiError } from '../../backends/errors.ts';
import { UserError } from '../../shared/errors.ts';
import { toProblemSentence } from '../api-problems.ts';
import { toApiChannel, toVersion } from './lost-answers.ts';
import type { Act } from './submission.ts';

/** An act that failed. */
export class ActError extends UserError {
  /** Of the act. */
  readonly actId: string;

  constructor(actId: string, code: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.actId = actId;
  }
}

/** 596: the API channel takes no jobs until it is reset; says which one, where that is known. */
export class ApiChannelBlockedError extends ActError {
  readonly version: ApiVersion;
  readonly apiChannel: string | undefined;

  constructor(act: Act, cause: UseapiError) {
    super(act.id, 'api-channel-blocked', toProblemSentence(cause), { cause });
    this.version = toVersion(act);
    this.apiChannel = toApiChannel(act);
  }
}

const UNKNOWN_CHANNEL =
  'The API does not know this API channel (404). Leave `api-channel` out, or pick one from the list that appears while you type.';

/** What a failed act means to people. */
export function toActError(act: Act, error: UseapiError): ActError {
  if (error instanceof AccountBlockedError) return new ApiChannelBlockedError(act, error);
  if (error instanceof JobNotFoundError && act.work.kind === 'submit') {
    return new ActError(act.id, 'api-channel-unknown', UNKNOWN_CHANNEL, { cause: error });
  }
  return new ActError(act.id, error.code, toProblemSentence(error), { cause: error });
}
