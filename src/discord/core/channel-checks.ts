import type { Rule } from '../../notifications/rules/rule.ts';
import { UserError } from '../../shared/errors.ts';
import type { ChannelDirectory, RoleDirectory } from './guild-directory.ts';
import { coreWords } from './words.ts';

/** @throws UserError naming each permission that the bot lacks in the channel. */
export function requireChannelAccess(directory: ChannelDirectory, guildId: string, channelId: string): void {
  const channel = directory.channel(guildId, channelId);
  if (channel === undefined && !directory.isAvailable(guildId)) {
    throw new UserError('guild-unavailable', coreWords.outage);
  }
  if (channel === undefined) {
    throw new UserError('channel-unseen', coreWords.unseen(channelId));
  }
  if (channel.kind === 'other') {
    throw new UserError('channel-kind', coreWords.wrongKind);
  }
  if (channel.missing.length === 0) return;
  throw new UserError('channel-access', coreWords.lacks(channelId, channel.missing));
}

/** Sentences about a rule's role that cannot be mentioned in its channel. */
export function toMentionWarnings(
  directory: RoleDirectory,
  { guildId, channelId, mentionRoleId }: Pick<Rule, 'guildId' | 'channelId' | 'mentionRoleId'>,
): string[] {
  if (mentionRoleId === undefined) return [];
  const role = directory.role(guildId, mentionRoleId, channelId);
  if (role?.isMentionable === true) return [];
  return [coreWords.noMention(mentionRoleId, channelId)];
}
