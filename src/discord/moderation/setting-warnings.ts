import type { Settings } from '../../moderation/settings.ts';
import { countOf } from '../../shared/text.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';

/** What keeps reviews from being decided where they should be. */
export function toReviewWarnings(guildId: string, settings: Settings, directory: ChannelDirectory): string[] {
  const { mode, channelId } = settings.review;
  const isUsed = mode === 'on' || settings.words.some(({ then }) => then === 'review');
  if (!isUsed) return [];
  if (channelId === undefined) {
    return ['There is no review channel: reviewers decide in `/job show`. `/mod review mode:on channel:…` sets one.'];
  }
  const warnings = toChannelWarnings(guildId, 'The review channel', channelId, directory);
  const isOpenToAll = directory.channel(guildId, channelId)?.isOpenToAll === true;
  return isOpenToAll
    ? [...warnings, `Everyone can look into <#${channelId}>, and so at what waits for its review.`]
    : warnings;
}

/** Says how many reviews wait for their channel to take them. */
export function toUnpostedWarnings({ review }: Settings, count: number): string[] {
  if (count === 0 || review.channelId === undefined) return [];
  const next = 'They come by themselves once I may post there; until then reviewers decide in `/job show`.';
  return [`Not posted into <#${review.channelId}> yet: ${countOf(count, 'result')}. ${next}`];
}

/** What keeps the bot from posting into a channel; nothing where none is set, or Discord has an outage there. */
export function toChannelWarnings(
  guildId: string,
  what: string,
  channelId: string | undefined,
  directory: ChannelDirectory,
): string[] {
  if (channelId === undefined) return [];
  const channel = directory.channel(guildId, channelId);
  if (channel === undefined && !directory.isAvailable(guildId)) return [];
  if (channel === undefined) return [`${what} <#${channelId}> is gone, or I cannot see it.`];
  if (channel.missing.length === 0) return [];
  return [`${what} <#${channelId}> takes nothing from me: I lack **${channel.missing.join('**, **')}** there.`];
}
