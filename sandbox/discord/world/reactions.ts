import type { APIReaction } from 'discord.js';
import { compact } from '../../../src/shared/compact.ts';
import { isSameEmoji, type PartialEmoji } from '../emoji.ts';
import type { DiscordWorld } from './discord-world.ts';
import type { Reaction, StoredMessage } from './world-records.ts';

export function findReaction(stored: StoredMessage, emoji: PartialEmoji): Reaction | undefined {
  return stored.reactions?.find((reaction) => isSameEmoji(reaction.emoji, emoji));
}

/** Adds someone's reaction and announces it; one that is there already stays alone. */
export function addReaction(world: DiscordWorld, stored: StoredMessage, emoji: PartialEmoji, userId: string): void {
  const known = findReaction(stored, emoji);
  if (known?.userIds.includes(userId)) return;
  const added = { emoji, userIds: [...(known?.userIds ?? []), userId] };
  const before = stored.reactions ?? [];
  const after = known === undefined ? [...before, added] : before.map((other) => (other === known ? added : other));
  const changed = withReactions(world, stored, after);
  world.emit({ kind: 'reaction-added', stored: changed, emoji, userId });
}

/** Takes someone's reaction back and announces it; without it nothing happens. */
export function removeReaction(world: DiscordWorld, stored: StoredMessage, emoji: PartialEmoji, userId: string): void {
  const known = findReaction(stored, emoji);
  if (known?.userIds.includes(userId) !== true) return;
  const left = { emoji: known.emoji, userIds: known.userIds.filter((id) => id !== userId) };
  const after = (stored.reactions ?? []).map((other) => (other === known ? left : other));
  const changed = withReactions(world, stored, after);
  world.emit({ kind: 'reaction-removed', stored: changed, emoji, userId });
}

/** Takes all reactions away, or all with one emoji, and announces it. */
export function clearReactions(world: DiscordWorld, stored: StoredMessage, emoji?: PartialEmoji): void {
  const after = (stored.reactions ?? []).filter((other) => emoji !== undefined && !isSameEmoji(other.emoji, emoji));
  const changed = withReactions(world, stored, after);
  world.emit({ kind: 'reactions-cleared', stored: changed, ...compact({ emoji }) });
}

function withReactions(world: DiscordWorld, stored: StoredMessage, all: readonly Reaction[]): StoredMessage {
  const reactions = all.filter(({ userIds }) => userIds.length > 0);
  const { reactions: _before, ...message } = stored.message;
  const shown = reactions.map((reaction) => toApiReaction(reaction, world.bot.id));
  const changed = {
    ...stored,
    reactions,
    message: { ...message, ...(shown.length === 0 ? {} : { reactions: shown }) },
  };
  world.messages.replace(changed);
  return changed;
}

/** As the bot sees it. */
function toApiReaction({ emoji, userIds }: Reaction, botId: string): APIReaction {
  const count = userIds.length;
  return {
    emoji,
    count,
    count_details: { burst: 0, normal: count },
    burst_colors: [],
    me_burst: false,
    me: userIds.includes(botId),
  };
}
