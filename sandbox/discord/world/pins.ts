import { apiError } from '../api-error.ts';
import { MessageKind } from '../discord-numbers.ts';
import type { DiscordWorld } from './discord-world.ts';
import { createSystemMessage } from './messages.ts';
import type { StoredMessage, WorldChannel } from './world-records.ts';

/** How many messages one channel may have pinned. */
const MAX_PINS = 250;

/** The pinned messages of a channel, the latest pin first. */
export function listPins(world: DiscordWorld, channelId: string): readonly StoredMessage[] {
  const pinned = world.messages.list(channelId).filter(({ pinnedAt }) => pinnedAt !== undefined);
  return pinned.sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0));
}

/** Pins a message, announces it and says so in the channel; 30003 once 250 are pinned. */
export function pin(world: DiscordWorld, channel: WorldChannel, stored: StoredMessage, userId: string): void {
  if (stored.pinnedAt !== undefined) return;
  if (listPins(world, channel.id).length >= MAX_PINS) throw apiError('tooManyPins');
  const pinnedAt = world.clock.now();
  world.messages.update({ ...stored, pinnedAt, message: { ...stored.message, pinned: true } });
  announce(world, channel.id, pinnedAt);
  const { id, channel_id: channelId } = stored.message;
  const reference = { type: 0, channel_id: channelId, message_id: id };
  const place = channel.guildId === undefined ? {} : { guild_id: channel.guildId };
  createSystemMessage(world, {
    channel: world.channels.get(channel.id) ?? channel,
    authorId: userId,
    type: MessageKind.Pinned,
    extra: { message_reference: { ...reference, ...place } },
  });
}

/** Takes a pin away and announces it; a message that is not pinned stays as it is. */
export function unpin(world: DiscordWorld, channel: WorldChannel, stored: StoredMessage): void {
  if (stored.pinnedAt === undefined) return;
  const { pinnedAt: _before, ...rest } = stored;
  world.messages.update({ ...rest, message: { ...stored.message, pinned: false } });
  announce(world, channel.id, listPins(world, channel.id)[0]?.pinnedAt);
}

function announce(world: DiscordWorld, channelId: string, lastPinAt: number | undefined): void {
  const channel = world.channels.get(channelId);
  if (channel === undefined) return;
  const { lastPinAt: _before, ...rest } = channel;
  const noted = lastPinAt === undefined ? rest : { ...rest, lastPinAt };
  world.channels.set(channelId, noted);
  world.emit({ kind: 'pins-updated', channel: noted });
}
