import { UserError } from '../../shared/errors.ts';
import type { ApiVersion } from '../../useapi/api-job.ts';
import { AccountBlockedError, JobNotFoundError, type UseapiError } from '../../useapi/errors.ts';
import { toProblemSentence } from '../api-problems.ts';
import type { Act } from './act.ts';
import { toApiChannel, toVersion } from './act-search.ts';

/** 596: the API channel takes no jobs until it is reset; says which one, where that is known. */
export class ApiChannelBlockedError extends UserError {
  readonly version: ApiVersion;
  readonly apiChannel: string | undefined;

  constructor(version: ApiVersion, apiChannel: string | undefined, cause: UseapiError) {
    super('api-channel-blocked', toProblemSentence(cause), { cause });
    this.version = version;
    this.apiChannel = apiChannel;
  }
}

const UNKNOWN_CHANNEL =
  'The API does not know this API channel (404). Leave `api-channel` out, or pick one from the list that appears while you type.';

/** What a failed act means to people. */
export function toActError(act: Act, error: UseapiError): UserError {
  if (error instanceof AccountBlockedError) return new ApiChannelBlockedError(toVersion(act), toApiChannel(act), error);
  if (error instanceof JobNotFoundError && act.work.kind === 'submit') {
    return new UserError('api-channel-unknown', UNKNOWN_CHANNEL, { cause: error });
  }
  return new UserError(error.code, toProblemSentence(error), { cause: error });
}
