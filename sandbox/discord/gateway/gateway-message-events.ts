import { Intent } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { canView } from '../world/member-permissions.ts';
import { toApiMember } from '../world/wire-views.ts';
import type { ReactionChange, WorldChange, WorldChannel } from '../world/world-records.ts';
import type { GatewayEvent } from './gateway-events.ts';

/**
 * What clients receive of reactions, pins, webhooks and messages that are deleted together; nothing for other
 * changes.
 */
export function toFurtherEvent(world: DiscordWorld, change: WorldChange): GatewayEvent | undefined {
  switch (change.kind) {
    case 'reaction-added':
    case 'reaction-removed':
    case 'reactions-cleared':
      return toReactionEvent(world, change);
    case 'pins-updated': {
      const { id, guildId, lastPinAt } = change.channel;
      const at = lastPinAt === undefined ? null : new Date(lastPinAt).toISOString();
      const intent = guildId === undefined ? Intent.DirectMessages : Intent.Guilds;
      return toEvent(world, change.channel, 'CHANNEL_PINS_UPDATE', { channel_id: id, last_pin_timestamp: at }, intent);
    }
    case 'webhooks-updated':
      return toEvent(world, change.channel, 'WEBHOOKS_UPDATE', { channel_id: change.channel.id }, Intent.GuildWebhooks);
    case 'messages-deleted': {
      const ids = change.messages.map(({ message }) => message.id);
      const data = { ids, channel_id: change.channel.id };
      return toEvent(world, change.channel, 'MESSAGE_DELETE_BULK', data, Intent.GuildMessages);
    }
    default:
      return undefined;
  }
}

function toEvent(
  world: DiscordWorld,
  channel: WorldChannel,
  name: string,
  data: JsonObject,
  intent: number,
): GatewayEvent | undefined {
  if (!canView(world, channel, world.bot.id)) return undefined;
  const { guildId } = channel;
  if (guildId === undefined) return { name, data, intent };
  return { name, data: { ...data, guild_id: guildId }, intent, guildId };
}

function toReactionEvent(world: DiscordWorld, change: ReactionChange): GatewayEvent | undefined {
  const { message } = change.stored;
  const channel = world.channels.get(message.channel_id);
  if (channel === undefined) return undefined;
  const intent = channel.guildId === undefined ? Intent.DirectMessageReactions : Intent.GuildMessageReactions;
  const about = { channel_id: channel.id, message_id: message.id };
  if (change.kind === 'reactions-cleared') {
    const { emoji } = change;
    if (emoji === undefined) return toEvent(world, channel, 'MESSAGE_REACTION_REMOVE_ALL', about, intent);
    return toEvent(world, channel, 'MESSAGE_REACTION_REMOVE_EMOJI', { ...about, emoji }, intent);
  }
  const { emoji, userId } = change;
  const data = { ...about, user_id: userId, emoji, burst: false, type: 0 };
  if (change.kind === 'reaction-removed') return toEvent(world, channel, 'MESSAGE_REACTION_REMOVE', data, intent);
  const member = world.guilds.get(channel.guildId ?? '')?.members.get(userId);
  const whose = { message_author_id: message.author.id, ...(member && { member: toApiMember(world, member) }) };
  return toEvent(world, channel, 'MESSAGE_REACTION_ADD', { ...data, ...whose }, intent);
}
