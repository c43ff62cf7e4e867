import { JobNotFoundError } from '../../backends/backend-errors.ts';
import { UserError } from '../../shared/errors.ts';
import { toUserError } from '../api-problems.ts';
import type { SubmissionApi } from './submission-api.ts';
import { submissionProblemWords } from './words.ts';

/** Clears a 596 of an API channel. @throws UserError where the API refuses or cannot be reached. */
export async function resetApiChannel(
  api: Pick<SubmissionApi, 'resetChannel'>,
  board: string,
  apiChannel: string,
): Promise<void> {
  try {
    await api.resetChannel(board, apiChannel);
  } catch (thrown) {
    if (thrown instanceof JobNotFoundError)
      throw new UserError('api-channel-unknown', submissionProblemWords.nothingToReset, { cause: thrown });
    throw toUserError(thrown);
  }
}
