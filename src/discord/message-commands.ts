import type { MessageCommand } from './handlers.ts';

/** All commands in the context menu of messages. */
export const messageCommands: readonly MessageCommand[] = [];
