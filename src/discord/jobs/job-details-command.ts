import type { JobAnswers } from '../cards/job-answers.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import type { MessageCommand } from '../core/handlers.ts';
import { toMessageCommandData } from '../core/message-command.ts';
import { refOf } from '../ui/job-of-message.ts';

export interface JobDetailsNeeds {
  readonly jobAnswers: Pick<JobAnswers, 'details'>;
  readonly directory: Pick<GuildDirectory, 'ownId'>;
}

/** What else is known of the job that a message of ours is about. */
export function jobDetails({ jobAnswers, directory }: JobDetailsNeeds): MessageCommand {
  return {
    data: toMessageCommandData('Job details'),
    requires: 'view',
    run: async ({ caller, target }) => jobAnswers.details(refOf(target, directory.ownId()), { caller }),
  };
}
