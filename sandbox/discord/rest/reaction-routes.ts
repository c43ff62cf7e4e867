import { apiError, invalidForm, requireSnowflake } from '../api-error.ts';
import { Permission } from '../discord-numbers.ts';
import type { PartialEmoji } from '../emoji.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { requireChannel } from '../world/member-permissions.ts';
import { addReaction, clearReactions, findReaction, removeReaction } from '../world/reactions.ts';
import { compareSnowflakes } from '../world/snowflake.ts';
import type { StoredMessage } from '../world/world-records.ts';
import { requireMessage } from './message-routes.ts';
import { noContent, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

const ALL = '/channels/{channel_id}/messages/{message_id}/reactions';
const OF_EMOJI = `${ALL}/{emoji_name}`;
const OWN = `${OF_EMOJI}/@me`;
const MAX_EMOJIS = 20;

/** Reacting to messages, and seeing and taking away reactions. */
export function reactionRoutes(world: DiscordWorld): readonly RestRoute[] {
  return [
    { method: 'PUT', path: OWN, handle: (call) => react(world, call) },
    { method: 'DELETE', path: OWN, handle: (call) => takeBack(world, call, world.bot.id) },
    { method: 'GET', path: OF_EMOJI, handle: (call) => listUsers(world, call) },
    { method: 'DELETE', path: OF_EMOJI, handle: (call) => clear(world, call, requireEmoji(world, call)) },
    { method: 'DELETE', path: ALL, handle: (call) => clear(world, call) },
    {
      method: 'DELETE',
      path: `${OF_EMOJI}/{user_id}`,
      handle: (call) => takeBack(world, call, paramOf(call, 'user_id')),
    },
  ];
}

function requireTarget(world: DiscordWorld, call: RestCall, ...wanted: readonly bigint[]): StoredMessage {
  const channel = requireChannel(world, paramOf(call, 'channel_id'), Permission.ReadMessageHistory, ...wanted);
  return requireMessage(world, channel, paramOf(call, 'message_id'));
}

function requireEmoji(world: DiscordWorld, call: RestCall): PartialEmoji {
  const emoji = world.emojis.find(paramOf(call, 'emoji_name'));
  if (emoji === undefined) throw apiError('unknownReactionEmoji');
  return emoji;
}

function react(world: DiscordWorld, call: RestCall): RestReply {
  const stored = requireTarget(world, call);
  const emoji = requireEmoji(world, call);
  const channelId = stored.message.channel_id;
  if (world.channels.get(channelId)?.thread?.archived === true) throw apiError('archivedThread');
  if (findReaction(stored, emoji) === undefined) {
    requireChannel(world, channelId, Permission.AddReactions);
    if ((stored.reactions?.length ?? 0) >= MAX_EMOJIS) throw apiError('tooManyReactions');
  }
  addReaction(world, stored, emoji, world.bot.id);
  return noContent;
}

function takeBack(world: DiscordWorld, call: RestCall, userId: string): RestReply {
  const stored = requireTarget(world, call);
  if (userId !== world.bot.id) requireModerator(world, stored);
  removeReaction(world, stored, requireEmoji(world, call), userId);
  return noContent;
}

function clear(world: DiscordWorld, call: RestCall, emoji?: PartialEmoji): RestReply {
  const stored = requireTarget(world, call);
  requireModerator(world, stored);
  clearReactions(world, stored, emoji);
  return noContent;
}

/** In direct messages nobody takes away what others did. */
function requireModerator(world: DiscordWorld, { message }: StoredMessage): void {
  if (world.channels.get(message.channel_id)?.recipientId !== undefined) throw apiError('notInDms');
  requireChannel(world, message.channel_id, Permission.ManageMessages);
}

/** Who reacted, by age of their account; nobody has ever reacted with a burst here. */
function listUsers(world: DiscordWorld, call: RestCall): RestReply {
  const stored = requireTarget(world, call);
  const reaction = findReaction(stored, requireEmoji(world, call));
  const limit = Number(call.query.get('limit') ?? '25');
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidForm('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  const after = call.query.get('after') ?? '0';
  requireSnowflake('after', after);
  if (call.query.get('type') === '1') return ok([]);
  const ids = [...(reaction?.userIds ?? [])].sort(compareSnowflakes);
  const asked = ids.filter((id) => compareSnowflakes(id, after) > 0).slice(0, limit);
  return ok(asked.flatMap((id) => world.users.get(id) ?? []));
}
