import type { Rule } from '../../notifications/rules/rule.ts';
import { UserError } from '../../shared/errors.ts';
import type { ChannelDirectory, RoleDirectory } from './guild-directory.ts';

/** @throws UserError naming each permission that the bot lacks in the channel. */
export function requireChannelAccess(directory: ChannelDirectory, guildId: string, channelId: string): void {
  const channel = directory.channel(guildId, channelId);
  if (channel === undefined && !directory.isAvailable(guildId)) {
    throw new UserError(
      'guild-unavailable',
      'Discord has an outage in this server, so I cannot see its channels. Try again in a few minutes; nothing was saved.',
    );
  }
  if (channel === undefined) {
    throw new UserError(
      'channel-unseen',
      `I cannot see <#${channelId}>. Give me **View Channel** there and try again; nothing was saved.`,
    );
  }
  if (channel.kind === 'other') {
    throw new UserError('channel-kind', 'Pick a text, announcement or forum channel, or a thread; nothing was saved.');
  }
  if (channel.missing.length === 0) return;
  const missing = channel.missing.map((name) => `**${name}**`).join(', ');
  throw new UserError(
    'channel-access',
    `In <#${channelId}> I lack ${missing}. Grant that in the channel’s settings and try again; nothing was saved.`,
  );
}

/** Sentences about a rule's role that cannot be mentioned in its channel. */
export function toMentionWarnings(
  directory: RoleDirectory,
  { guildId, channelId, mentionRoleId }: Pick<Rule, 'guildId' | 'channelId' | 'mentionRoleId'>,
): string[] {
  if (mentionRoleId === undefined) return [];
  const role = directory.role(guildId, mentionRoleId, channelId);
  if (role?.isMentionable === true) return [];
  return [
    `<@&${mentionRoleId}> cannot be mentioned by me in <#${channelId}>, so nobody is pinged. Allow everyone to mention it, or give me **Mention Everyone** there.`,
  ];
}
