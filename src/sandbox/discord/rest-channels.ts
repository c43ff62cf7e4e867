import { apiError } from './api-error.ts';
import { ChannelKind, MessageFlag, MessageKind, Permission } from './discord-numbers.ts';
import { type JsonObject, toFlag, toNumber, toObject, toStrings, toText } from './json.ts';
import { createMessage } from './messages.ts';
import { has, requireChannel, toChannelPermissions } from './permissions.ts';
import { bodyOf, created, noContent, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';
import { requireMaySend, requireMessage } from './rest-messages.ts';
import { toApiChannel } from './wire-views.ts';
import type { DiscordWorld } from './world.ts';
import { newThreadState } from './world-build.ts';
import type { WorldChannel } from './world-records.ts';

/** Reading and changing channels, opening threads, forum posts and direct messages. */
export function channelRoutes(world: DiscordWorld): readonly RestRoute[] {
  const CHANNEL = '/channels/{channel_id}';
  return [
    { method: 'GET', path: CHANNEL, handle: (call) => ok(toApiChannel(world, readChannel(world, call))) },
    { method: 'PATCH', path: CHANNEL, handle: (call) => changeChannel(world, call) },
    { method: 'DELETE', path: CHANNEL, handle: (call) => deleteChannel(world, call) },
    { method: 'POST', path: `${CHANNEL}/threads`, handle: (call) => openThread(world, call) },
    {
      method: 'POST',
      path: `${CHANNEL}/messages/{message_id}/threads`,
      handle: (call) => openThreadFromMessage(world, call),
    },
    {
      method: 'PUT',
      path: `${CHANNEL}/thread-members/@me`,
      handle: (call) => {
        if (requireChannel(world, paramOf(call, 'channel_id')).thread === undefined)
          throw apiError('invalidChannelType');
        return noContent;
      },
    },
    { method: 'POST', path: '/users/@me/channels', handle: (call) => openDm(world, call) },
  ];
}

function readChannel(world: DiscordWorld, call: RestCall): WorldChannel {
  return requireChannel(world, paramOf(call, 'channel_id'));
}

function changeChannel(world: DiscordWorld, call: RestCall): RestReply {
  const channel = readChannel(world, call);
  const body = bodyOf(call);
  const name = toText(body['name']);
  if (channel.thread === undefined) {
    requireChannel(world, channel.id, Permission.ManageChannels);
    const topic = body['topic'] === undefined ? channel.topic : (toText(body['topic']) ?? null);
    const changed = world.updateChannel(channel.id, { topic, ...(name === undefined ? {} : { name }) });
    return ok(toApiChannel(world, changed ?? channel));
  }
  requireMayChangeThread(world, channel, body);
  const archived = typeof body['archived'] === 'boolean' ? body['archived'] : channel.thread.archived;
  const locked = typeof body['locked'] === 'boolean' ? body['locked'] : channel.thread.locked;
  const autoArchiveDuration = toNumber(body['auto_archive_duration']) ?? channel.thread.autoArchiveDuration;
  const archivedAt = archived === channel.thread.archived ? channel.thread.archivedAt : world.clock.now();
  const thread = { ...channel.thread, archived, locked, autoArchiveDuration, archivedAt };
  const changed = world.updateChannel(channel.id, { thread, ...(name === undefined ? {} : { name }) });
  return ok(toApiChannel(world, changed ?? channel));
}

/** Without Manage Threads: its owner may change it, and anyone who may write there may wake it while it is not locked. */
function requireMayChangeThread(world: DiscordWorld, channel: WorldChannel, body: JsonObject): void {
  const granted = toChannelPermissions(world, channel, world.bot.id);
  if (has(granted, Permission.ManageThreads) || channel.thread === undefined) return;
  const { archived, locked, ownerId } = channel.thread;
  const wakes = body['archived'] === false;
  if (archived && !wakes) throw apiError('archivedThread');
  if (body['locked'] !== undefined || locked) throw apiError('missingPermissions');
  if (ownerId === world.bot.id) return;
  const onlyWakes = wakes && Object.keys(body).length === 1;
  if (!onlyWakes || !has(granted, Permission.SendMessagesInThreads)) throw apiError('missingPermissions');
}

function deleteChannel(world: DiscordWorld, call: RestCall): RestReply {
  const channel = readChannel(world, call);
  if (channel.recipientId === undefined) {
    const needed = channel.thread === undefined ? Permission.ManageChannels : Permission.ManageThreads;
    requireChannel(world, channel.id, needed);
    world.deleteChannel(channel.id);
  }
  return ok(toApiChannel(world, channel));
}

function addThread(
  world: DiscordWorld,
  parent: WorldChannel,
  id: string,
  type: number,
  body: JsonObject,
): WorldChannel {
  const state = newThreadState(world.bot.id, world.clock.now());
  const autoArchiveDuration = toNumber(body['auto_archive_duration']) ?? state.autoArchiveDuration;
  return world.addChannel({
    id,
    type,
    name: toText(body['name']) ?? '',
    position: 0,
    topic: null,
    overwrites: [],
    parentId: parent.id,
    thread: { ...state, autoArchiveDuration, appliedTags: toStrings(body['applied_tags']) },
    ...(parent.guildId === undefined ? {} : { guildId: parent.guildId }),
  });
}

function openThread(world: DiscordWorld, call: RestCall): RestReply {
  const parent = readChannel(world, call);
  const body = bodyOf(call);
  if (parent.type === ChannelKind.Forum) return openForumPost(world, parent, call);
  if (parent.type !== ChannelKind.Text && parent.type !== ChannelKind.Announcement) {
    throw apiError('invalidChannelType');
  }
  const asked = toNumber(body['type']) ?? ChannelKind.PrivateThread;
  const isPrivate = asked === ChannelKind.PrivateThread;
  requireChannel(world, parent.id, isPrivate ? Permission.CreatePrivateThreads : Permission.CreatePublicThreads);
  return created(toApiChannel(world, addThread(world, parent, world.ids.next(), asked, body)));
}

/** A forum post: the thread and its first message share one id; nothing is made when the message is refused. */
function openForumPost(world: DiscordWorld, parent: WorldChannel, call: RestCall): RestReply {
  const body = bodyOf(call);
  const first = toObject(body['message']);
  requireMaySend(world, parent, call, first);
  const id = world.ids.next();
  const thread = addThread(world, parent, id, ChannelKind.PublicThread, body);
  try {
    const { message } = createMessage(world, {
      channel: thread,
      authorId: world.bot.id,
      type: MessageKind.Default,
      body: first,
      uploads: call.files,
      id,
    });
    return created({ ...toApiChannel(world, world.channels.get(id) ?? thread), message });
  } catch (thrown) {
    world.deleteChannel(id);
    throw thrown;
  }
}

function openThreadFromMessage(world: DiscordWorld, call: RestCall): RestReply {
  const parent = requireChannel(world, paramOf(call, 'channel_id'), Permission.CreatePublicThreads);
  const stored = requireMessage(world, parent, paramOf(call, 'message_id'));
  if (world.channels.has(stored.message.id)) throw apiError('threadExists');
  const isNews = parent.type === ChannelKind.Announcement;
  const type = isNews ? ChannelKind.AnnouncementThread : ChannelKind.PublicThread;
  const thread = addThread(world, parent, stored.message.id, type, bodyOf(call));
  const flags = (stored.message.flags ?? 0) | MessageFlag.HasThread;
  world.messages.update({ ...stored, message: { ...stored.message, flags } });
  return created(toApiChannel(world, thread));
}

function openDm(world: DiscordWorld, call: RestCall): RestReply {
  const userId = toText(bodyOf(call)['recipient_id']) ?? '';
  const user = world.users.get(userId);
  if (user === undefined) throw apiError('unknownUser');
  if (toFlag(user.bot) || world.guildsOf(userId).length === 0) throw apiError('cannotMessageUser');
  return ok(toApiChannel(world, world.openDm(userId)));
}
