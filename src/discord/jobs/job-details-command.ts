import type { MessageCommand } from '../core/handlers.ts';
import { toMessageCommandData } from '../core/message-command.ts';
import { refOf } from '../ui/job-of-message.ts';

/** The card of the job that a message of ours is about. */
export const jobDetails: MessageCommand = {
  data: toMessageCommandData('Job details'),
  requires: 'view',
  run: async ({ caller, target, services, showProgress }) =>
    services.jobAnswers.show(refOf(target, services.directory.ownId()), { caller, showProgress }),
};
