import { UserError } from '../../shared/errors.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import type { SetupNote } from './setup-card.ts';

/** What keeps the bot from using channels that were picked, as a note on the card; the first one that it finds. */
export function findAccessProblem(
  directory: ChannelDirectory,
  guildId: string,
  channelIds: readonly string[],
): SetupNote | undefined {
  try {
    for (const channelId of channelIds) requireChannelAccess(directory, guildId, channelId);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof UserError) return { sentence: `⚠️ ${thrown.message}`, isProblem: true };
    throw thrown;
  }
}
