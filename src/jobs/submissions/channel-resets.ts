import type { ApiVersion } from '../../backends/api-job.ts';
import { JobNotFoundError } from '../../backends/errors.ts';
import { UserError } from '../../shared/errors.ts';
import { toUserError } from '../api-problems.ts';
import type { ActApi } from './submission-api.ts';

const UNKNOWN_CHANNEL =
  'The API does not know this API channel (404), so that there is nothing to reset. Check its id and try again.';

/** Clears a 596 of an API channel. @throws UserError where the API refuses or cannot be reached. */
export async function resetApiChannel(
  api: Pick<ActApi, 'resetChannel'>,
  version: ApiVersion,
  apiChannel: string,
): Promise<void> {
  try {
    await api.resetChannel(version, apiChannel);
  } catch (thrown) {
    if (thrown instanceof JobNotFoundError)
      throw new UserError('api-channel-unknown', UNKNOWN_CHANNEL, { cause: thrown });
    throw toUserError(thrown);
  }
}
