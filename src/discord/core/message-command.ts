import { ApplicationCommandType, InteractionContextType } from 'discord.js';
import type { MessageCommand } from './handlers.ts';

/** The shape of a command in the context menu of messages, for Discord. */
export function toMessageCommandData(name: string): MessageCommand['data'] {
  return { type: ApplicationCommandType.Message, name, contexts: [InteractionContextType.Guild] };
}
