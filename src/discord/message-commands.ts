import type { MessageCommand } from './core/handlers.ts';
import { jobDetails } from './jobs/job-details-command.ts';

/** All commands in the context menu of messages. */
export const messageCommands: readonly MessageCommand[] = [jobDetails];
