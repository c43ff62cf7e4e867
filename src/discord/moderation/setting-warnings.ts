import type { Settings } from '../../moderation/settings.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { warningWords } from './words.ts';

/** What keeps reviews from being decided where they should be. */
export function toReviewWarnings(guildId: string, settings: Settings, directory: ChannelDirectory): string[] {
  const { mode, channelId } = settings.review;
  const isUsed = mode === 'on' || settings.words.some(({ then }) => then === 'review');
  if (!isUsed) return [];
  if (channelId === undefined) {
    return [warningWords.noReviewChannel()];
  }
  const warnings = toChannelWarnings(guildId, warningWords.reviewChannel(), channelId, directory);
  const isOpenToAll = directory.channel(guildId, channelId)?.isOpenToAll === true;
  return isOpenToAll ? [...warnings, warningWords.openToAll(channelId)] : warnings;
}

/** Says how many reviews wait for their channel to take them. */
export function toUnpostedWarnings({ review }: Settings, count: number): string[] {
  if (count === 0 || review.channelId === undefined) return [];
  return [warningWords.unposted(review.channelId, count)];
}

/** Says which cards of reviews do not show what is the case. */
export function toStaleWarnings(cards: readonly { readonly ref: string; readonly reason: string }[]): string[] {
  const [first] = cards;
  if (first === undefined) return [];
  return [warningWords.stale(first.ref, cards.length, toSafeLine(first.reason, 200))];
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
  if (channel === undefined) return [warningWords.gone(what, channelId)];
  if (channel.missing.length === 0) return [];
  return [warningWords.missing(what, channelId, channel.missing)];
}
