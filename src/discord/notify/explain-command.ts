import type { MessageCommand } from '../core/handlers.ts';
import { refOf, toMessageCommandData } from '../core/message-command.ts';
import { explainJob } from './rule-controls.ts';

/** Why a job was told, or was not. */
export const explainNotification: MessageCommand = {
  data: toMessageCommandData('Explain notification'),
  run: ({ caller, target, services }) => explainJob(caller, refOf({ target, services }), services),
};
