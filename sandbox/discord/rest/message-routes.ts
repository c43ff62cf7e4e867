import type { APIMessage } from 'discord.js';
import { apiError, invalidForm, requireSnowflake } from '../api-error.ts';
import { ChannelKind, Intent, MessageFlag, MessageKind, Permission } from '../discord-numbers.ts';
import { toReplyFields } from '../interactions/interaction-answers.ts';
import { isObject, type JsonObject, toFlag, toNumber, toObjects, toText } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { has, isLockedFor, requireChannel, toChannelPermissions } from '../world/member-permissions.ts';
import { withoutForeignContent } from '../world/message-content.ts';
import { createMessage, editMessage } from '../world/messages.ts';
import type { StoredMessage, WorldChannel } from '../world/world-records.ts';
import { bodyOf, noContent, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

const MESSAGES = '/channels/{channel_id}/messages';
const MESSAGE = `${MESSAGES}/{message_id}`;
const MAX_NONCE_LENGTH = 25;

/**
 * Sending, reading, changing and deleting messages of channels; `allowedIntents` says whether the bot may
 * read what others write.
 */
export function messageRoutes(world: DiscordWorld, allowedIntents: number): readonly RestRoute[] {
  const toSeen: ToSeen = (message, channel) =>
    (allowedIntents & Intent.MessageContent) !== 0 ? message : withoutForeignContent(world, message, channel);
  return [
    { method: 'GET', path: MESSAGES, handle: (call) => listMessages(world, call, toSeen) },
    { method: 'POST', path: MESSAGES, handle: (call) => sendMessage(world, call) },
    { method: 'GET', path: MESSAGE, handle: (call) => readMessage(world, call, toSeen) },
    {
      method: 'PATCH',
      path: MESSAGE,
      changes: ({ params }) => world.messages.get(params['message_id'] ?? ''),
      handle: (call) => changeMessage(world, call),
    },
    { method: 'DELETE', path: MESSAGE, handle: (call) => deleteMessage(world, call) },
    { method: 'POST', path: `${MESSAGE}/crosspost`, handle: (call) => crosspost(world, call) },
    { method: 'POST', path: '/channels/{channel_id}/typing', handle: (call) => startTyping(world, call) },
  ];
}

type ToSeen = (message: APIMessage, channel: WorldChannel) => APIMessage;

function listMessages(world: DiscordWorld, call: RestCall, toSeen: ToSeen): RestReply {
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  const granted = toChannelPermissions(world, channel, world.bot.id);
  if (!has(granted, Permission.ReadMessageHistory)) return ok([]);
  const limit = Number(call.query.get('limit') ?? '50');
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidForm('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  const place = ['before', 'after', 'around'].flatMap((key) => {
    const value = call.query.get(key);
    if (value !== null) requireSnowflake(key, value);
    return value === null ? [] : [[key, value]];
  });
  const page = world.messages.page(channel.id, { limit, ...Object.fromEntries(place) });
  return ok(page.map((message) => toSeen(message, channel)));
}

function readMessage(world: DiscordWorld, call: RestCall, toSeen: ToSeen): RestReply {
  const channel = requireChannel(world, paramOf(call, 'channel_id'), Permission.ReadMessageHistory);
  return ok(toSeen(requireMessage(world, channel, paramOf(call, 'message_id')).message, channel));
}

/** A message that everyone in the channel sees; 10008 otherwise. */
export function requireMessage(world: DiscordWorld, channel: WorldChannel, messageId: string): StoredMessage {
  const stored = world.messages.get(messageId);
  const isShown = stored !== undefined && stored.ephemeralFor === undefined;
  if (!isShown || stored.message.channel_id !== channel.id) throw apiError('unknownMessage');
  return stored;
}

/** The permissions that a body needs where it is sent. */
export function requireMaySend(world: DiscordWorld, channel: WorldChannel, call: RestCall, body: JsonObject): void {
  const needed: bigint[] = [channel.thread === undefined ? Permission.SendMessages : Permission.SendMessagesInThreads];
  if (call.files.length > 0) needed.push(Permission.AttachFiles);
  if (toObjects(body['embeds']).length > 0) needed.push(Permission.EmbedLinks);
  requireChannel(world, channel.id, ...needed);
}

function sendMessage(world: DiscordWorld, call: RestCall): RestReply {
  const body = bodyOf(call);
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  if (channel.type === ChannelKind.Forum || channel.type === ChannelKind.Category) throw apiError('notATextChannel');
  requireMaySend(world, channel, call, body);
  if (channel.recipientId !== undefined) requireReachable(world, channel.recipientId);
  const nonce = toNonce(body);
  const first = nonce !== undefined && toFlag(body['enforce_nonce']) && world.messages.findByNonce(channel.id, nonce);
  if (first) return ok({ ...first.message, nonce });
  requireUnlocked(world, channel);
  if (channel.thread?.archived === true) world.updateThread(channel.id, { archived: false });
  const reply = toReply(world, channel, body);
  const stored = createMessage(world, {
    channel: world.channels.get(channel.id) ?? channel,
    authorId: world.bot.id,
    type: reply === undefined ? MessageKind.Default : MessageKind.Reply,
    body,
    uploads: call.files,
    ...(reply === undefined
      ? {}
      : { extra: toReplyFields(reply, channel.guildId), repliedUserId: reply.message.author.id }),
  });
  if (nonce === undefined) return ok(stored.message);
  world.messages.rememberNonce(channel.id, nonce, stored.message.id);
  return ok({ ...stored.message, nonce: body['nonce'] });
}

/** Nobody gets direct messages who has closed them or shares no server with the bot. */
function requireReachable(world: DiscordWorld, userId: string): void {
  const isShared = world.guildsOf(userId).some((guild) => guild.members.has(world.bot.id));
  if (world.hasClosedDms(userId) || !isShared) throw apiError('cannotMessageUser');
}

function toNonce(body: JsonObject): string | undefined {
  const nonce = toText(body['nonce']) ?? toNumber(body['nonce'])?.toString();
  if (nonce !== undefined && nonce.length > MAX_NONCE_LENGTH) {
    throw invalidForm('nonce', 'BASE_TYPE_BAD_LENGTH', 'Must be 25 or fewer in length.');
  }
  return nonce;
}

function requireUnlocked(world: DiscordWorld, channel: WorldChannel): void {
  if (isLockedFor(world, channel, world.bot.id)) throw apiError('lockedThread');
}

function toReply(world: DiscordWorld, channel: WorldChannel, body: JsonObject): StoredMessage | undefined {
  const reference = body['message_reference'];
  if (!isObject(reference)) return undefined;
  const granted = toChannelPermissions(world, channel, world.bot.id);
  if (!has(granted, Permission.ReadMessageHistory)) throw apiError('replyWithoutHistory');
  const stored = world.messages.get(toText(reference['message_id']) ?? '');
  const isHere = stored?.message.channel_id === channel.id && stored.ephemeralFor === undefined;
  if (stored !== undefined && isHere) return stored;
  if (reference['fail_if_not_exists'] === false) return undefined;
  throw invalidForm('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}

function changeMessage(world: DiscordWorld, call: RestCall): RestReply {
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  const stored = requireMessage(world, channel, paramOf(call, 'message_id'));
  if (stored.message.author.id !== world.bot.id) throw apiError('cannotEditOthers');
  if (channel.thread?.archived === true) throw apiError('archivedThread');
  requireUnlocked(world, channel);
  const body = bodyOf(call);
  if (call.files.length > 0) requireChannel(world, channel.id, Permission.AttachFiles);
  if (toObjects(body['embeds']).length > 0) requireChannel(world, channel.id, Permission.EmbedLinks);
  return ok(editMessage(world, stored, body, call.files).message);
}

function deleteMessage(world: DiscordWorld, call: RestCall): RestReply {
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  const stored = requireMessage(world, channel, paramOf(call, 'message_id'));
  if (stored.message.author.id !== world.bot.id) requireChannel(world, channel.id, Permission.ManageMessages);
  if (channel.thread?.archived === true && channel.thread.locked) throw apiError('archivedThread');
  world.messages.delete(stored.message.id);
  return noContent;
}

function crosspost(world: DiscordWorld, call: RestCall): RestReply {
  const channel = requireChannel(world, paramOf(call, 'channel_id'), Permission.SendMessages);
  if (channel.type !== ChannelKind.Announcement) throw apiError('invalidChannelType');
  const stored = requireMessage(world, channel, paramOf(call, 'message_id'));
  if (stored.message.author.id !== world.bot.id) requireChannel(world, channel.id, Permission.ManageMessages);
  if (((stored.message.flags ?? 0) & MessageFlag.Crossposted) !== 0) throw apiError('alreadyCrossposted');
  const flags = (stored.message.flags ?? 0) | MessageFlag.Crossposted;
  const updated = { ...stored, message: { ...stored.message, flags } };
  world.messages.update(updated);
  return ok(updated.message);
}

function startTyping(world: DiscordWorld, call: RestCall): RestReply {
  const channel = requireChannel(world, paramOf(call, 'channel_id'), Permission.SendMessages);
  world.emit({ kind: 'typing', channelId: channel.id, userId: world.bot.id });
  return noContent;
}
