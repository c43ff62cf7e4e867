import { compact } from '../../../src/shared/compact.ts';
import { apiError } from '../api-error.ts';
import { ChannelKind, MessageFlag, MessageKind, Permission } from '../discord-numbers.ts';
import { type JsonObject, toNumber, toObject, toStrings, toText } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { requireChannel } from '../world/member-permissions.ts';
import { createMessage } from '../world/messages.ts';
import { newThreadState } from '../world/threads.ts';
import { toActiveThreads, toApiChannel } from '../world/wire-views.ts';
import type { WorldChannel } from '../world/world-records.ts';
import { requireMaySend, requireMessage } from './message-routes.ts';
import { bodyOf, created, noContent, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

/** Opening threads and forum posts, joining and leaving them. */
export function threadRoutes(world: DiscordWorld): readonly RestRoute[] {
  const CHANNEL = '/channels/{channel_id}';
  const self = `${CHANNEL}/thread-members/@me`;
  return [
    { method: 'POST', path: `${CHANNEL}/threads`, handle: (call) => openThread(world, call) },
    {
      method: 'POST',
      path: `${CHANNEL}/messages/{message_id}/threads`,
      handle: (call) => openThreadFromMessage(world, call),
    },
    { method: 'PUT', path: self, handle: (call) => setOwnMembership(world, call, true) },
    { method: 'DELETE', path: self, handle: (call) => setOwnMembership(world, call, false) },
  ];
}

/** Nobody joins or leaves a thread that is archived. */
function setOwnMembership(world: DiscordWorld, call: RestCall, isIn: boolean): RestReply {
  const { id, thread } = requireChannel(world, paramOf(call, 'channel_id'));
  if (thread === undefined) throw apiError('invalidChannelType');
  if (thread.archived) throw apiError('archivedThread');
  world.setThreadMember(id, world.bot.id, isIn);
  return noContent;
}

/** Opens a thread of the bot's. */
export function addThread(
  world: DiscordWorld,
  parent: WorldChannel,
  id: string,
  type: number,
  body: JsonObject,
): WorldChannel {
  world.limits.requireRoomForThread(parent.guildId, toActiveThreads(world, parent.guildId ?? '').length);
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
    ...compact({ guildId: parent.guildId }),
  });
}

function openThread(world: DiscordWorld, call: RestCall): RestReply {
  const parent = requireChannel(world, paramOf(call, 'channel_id'));
  const body = bodyOf(call);
  if (parent.type === ChannelKind.Forum) return openForumPost(world, parent, call);
  const asked = toNumber(body['type']) ?? ChannelKind.PrivateThread;
  if (!threadKindsOf(parent).includes(asked)) throw apiError('invalidChannelType');
  const isPrivate = asked === ChannelKind.PrivateThread;
  requireChannel(world, parent.id, isPrivate ? Permission.CreatePrivateThreads : Permission.CreatePublicThreads);
  return created(toApiChannel(world, addThread(world, parent, world.ids.next(), asked, body)));
}

function threadKindsOf({ type }: WorldChannel): readonly number[] {
  if (type === ChannelKind.Announcement) return [ChannelKind.AnnouncementThread];
  return type === ChannelKind.Text ? [ChannelKind.PublicThread, ChannelKind.PrivateThread] : [];
}

/** A forum post: the thread and its first message share one id; nothing is made when the message is refused. */
function openForumPost(world: DiscordWorld, parent: WorldChannel, call: RestCall): RestReply {
  const body = bodyOf(call);
  const first = toObject(body['message']);
  requireMaySend(world, parent, call, first);
  world.autoMod.requireAllowed(parent.guildId, toText(body['name']) ?? '', 'title');
  requireTags(world, parent, toStrings(body['applied_tags']));
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

/** Tags are of this forum, and those of moderators are for those who manage threads. */
function requireTags(world: DiscordWorld, forum: WorldChannel, tagIds: readonly string[]): void {
  if (forum.requiresTag === true && tagIds.length === 0) throw apiError('tagRequired');
  for (const tagId of tagIds) {
    const tag = forum.tags?.find(({ id }) => id === tagId);
    if (tag === undefined) throw apiError('unknownTag');
    if (tag.moderated) requireChannel(world, forum.id, Permission.ManageThreads);
  }
}

function openThreadFromMessage(world: DiscordWorld, call: RestCall): RestReply {
  const parent = requireChannel(world, paramOf(call, 'channel_id'), Permission.CreatePublicThreads);
  const [type] = threadKindsOf(parent);
  if (type === undefined) throw apiError('invalidChannelType');
  const stored = requireMessage(world, parent, paramOf(call, 'message_id'));
  if (world.channels.has(stored.message.id)) throw apiError('threadExists');
  const thread = addThread(world, parent, stored.message.id, type, bodyOf(call));
  const flags = (stored.message.flags ?? 0) | MessageFlag.HasThread;
  world.messages.update({ ...stored, message: { ...stored.message, flags } });
  return created(toApiChannel(world, thread));
}
