import type { Interaction } from 'discord.js';
import { isJobRef } from '../../jobs/job-ref.ts';
import { toCommandPath } from './command-options.ts';
import { parseCustomId } from './custom-id.ts';

/** What somebody tried, in a few words: `/mod allow`, or the name of a control, and the job that it is about. */
export function toAttempt(interaction: Interaction): { readonly what: string; readonly ref?: string } {
  if (interaction.isChatInputCommand()) return { what: `/${toCommandPath(interaction)}` };
  if (interaction.isContextMenuCommand()) return { what: interaction.commandName };
  if (!('customId' in interaction)) return { what: 'unknown' };
  const { name, texts } = parseCustomId(interaction.customId);
  const ref = texts.find(isJobRef);
  return { what: name, ...(ref !== undefined && { ref }) };
}
