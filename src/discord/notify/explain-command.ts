import { PermissionFlagsBits } from 'discord.js';
import type { GuildDirectory } from '../core/guild-directory.ts';
import type { MessageCommand } from '../core/handlers.ts';
import { EXPLAIN_COMMAND, toMessageCommandData } from '../core/message-command.ts';
import { refOf } from '../ui/job-of-message.ts';
import type { ExplainHandlers } from './explain-handlers.ts';

/** Why a job was posted, or was not: asked at its card. */
export function explainCommand(
  { explainJob }: Pick<ExplainHandlers, 'explainJob'>,
  directory: Pick<GuildDirectory, 'ownId'>,
): MessageCommand {
  return {
    data: toMessageCommandData(EXPLAIN_COMMAND, PermissionFlagsBits.ManageGuild),
    requires: 'rules',
    run: ({ caller, target }) => explainJob(caller, refOf(target, directory.ownId())),
  };
}
