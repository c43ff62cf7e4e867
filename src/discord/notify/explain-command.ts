import type { MessageCommand } from '../core/handlers.ts';
import { toMessageCommandData } from '../core/message-command.ts';
import { refOf } from '../ui/job-of-message.ts';
import { explainJob } from './rule-controls.ts';

/** Why a job was told, or was not. */
export const explainNotification: MessageCommand = {
  data: toMessageCommandData('Explain notification'),
  run: ({ caller, target, services }) => explainJob(caller, refOf(target, services.directory.ownId()), services),
};
