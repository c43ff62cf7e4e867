import { ApplicationCommandType, InteractionContextType } from 'discord.js';
import type { MessageCommand } from './handlers.ts';

/** The command that explains a post; `/mod allow` names it too, as Discord hides it at first. */
export const EXPLAIN_COMMAND = 'Explain notification';

/**
 * The shape of a command in the context menu of messages, for Discord.
 * @param forPermission What members need to be shown it, until the server decides otherwise; default nothing.
 */
export function toMessageCommandData(name: string, forPermission?: bigint): MessageCommand['data'] {
  const type = ApplicationCommandType.Message;
  const data: MessageCommand['data'] = { type, name, contexts: [InteractionContextType.Guild] };
  return forPermission === undefined ? data : { ...data, default_member_permissions: forPermission.toString() };
}
