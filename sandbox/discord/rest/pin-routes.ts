import { apiError, invalidForm } from '../api-error.ts';
import { MessageKind, Permission } from '../discord-numbers.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { has, requireChannel, toChannelPermissions } from '../world/member-permissions.ts';
import { listPins, pin, unpin } from '../world/pins.ts';
import type { StoredMessage, WorldChannel } from '../world/world-records.ts';
import { requireMessage } from './message-routes.ts';
import { noContent, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

const MAX_PAGE = 50;
const PINNABLE: readonly number[] = [
  MessageKind.Default,
  MessageKind.Reply,
  MessageKind.ChatInputCommand,
  MessageKind.ContextMenuCommand,
];

/** Pinning messages: the routes of today, and those before them that Discord still answers. */
export function pinRoutes(world: DiscordWorld): readonly RestRoute[] {
  const [now, before] = ['/channels/{channel_id}/messages/pins', '/channels/{channel_id}/pins'];
  const changes = [now, before].flatMap((path): readonly RestRoute[] => [
    { method: 'PUT', path: `${path}/{message_id}`, handle: (call) => pinMessage(world, call) },
    { method: 'DELETE', path: `${path}/{message_id}`, handle: (call) => unpinMessage(world, call) },
  ]);
  return [
    { method: 'GET', path: now, handle: (call) => ok(readPins(world, call)) },
    { method: 'GET', path: before, handle: (call) => ok(visiblePins(world, call).slice(0, MAX_PAGE).map(toMessage)) },
    ...changes,
  ];
}

function toMessage({ message }: StoredMessage): object {
  return message;
}

/** Without Read Message History there are none. */
function visiblePins(world: DiscordWorld, call: RestCall): readonly StoredMessage[] {
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  const granted = toChannelPermissions(world, channel, world.bot.id);
  return has(granted, Permission.ReadMessageHistory) ? listPins(world, channel.id) : [];
}

function readPins(world: DiscordWorld, call: RestCall): object {
  const limit = Number(call.query.get('limit') ?? MAX_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalidForm('limit', 'NUMBER_TYPE_MAX', `int value should be between 1 and ${MAX_PAGE}.`);
  }
  const before = toTime(call.query.get('before'));
  const asked = visiblePins(world, call).filter(({ pinnedAt = 0 }) => pinnedAt < before);
  const items = asked.slice(0, limit).map((stored) => {
    return { pinned_at: new Date(stored.pinnedAt ?? 0).toISOString(), message: stored.message };
  });
  return { items, has_more: asked.length > limit };
}

function toTime(text: string | null): number {
  if (text === null) return Number.POSITIVE_INFINITY;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalidForm('before', 'DATE_TIME_TYPE_PARSE', `Could not parse ${text}.`);
  return at;
}

function requireTarget(world: DiscordWorld, call: RestCall): { channel: WorldChannel; stored: StoredMessage } {
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  if (channel.recipientId === undefined) {
    requireChannel(world, channel.id, Permission.PinMessages, Permission.ReadMessageHistory);
  }
  return { channel, stored: requireMessage(world, channel, paramOf(call, 'message_id')) };
}

function pinMessage(world: DiscordWorld, call: RestCall): RestReply {
  const { channel, stored } = requireTarget(world, call);
  if (channel.thread?.archived === true) throw apiError('archivedThread');
  if (!PINNABLE.includes(stored.message.type)) throw apiError('systemMessage');
  pin(world, channel, stored, world.bot.id);
  return noContent;
}

function unpinMessage(world: DiscordWorld, call: RestCall): RestReply {
  const { channel, stored } = requireTarget(world, call);
  unpin(world, channel, stored);
  return noContent;
}
