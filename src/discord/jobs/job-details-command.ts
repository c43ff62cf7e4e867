import { showJob } from '../cards/show-job.ts';
import type { MessageCommand } from '../core/handlers.ts';
import { refOf, toMessageCommandData } from '../core/message-command.ts';

/** The card of the job that a message of ours is about. */
export const jobDetails: MessageCommand = {
  data: toMessageCommandData('Job details'),
  async run({ caller, target, services, showProgress }) {
    services.permissions.requireAllowed('view', caller);
    return showJob(refOf({ target, services }), { caller, services, showProgress });
  },
};
