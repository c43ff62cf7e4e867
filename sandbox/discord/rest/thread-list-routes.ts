import { apiError, invalidForm, requireSnowflake } from '../api-error.ts';
import { ChannelKind, Permission } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { requireChannel } from '../world/member-permissions.ts';
import { compareSnowflakes } from '../world/snowflake.ts';
import { isMember } from '../world/threads.ts';
import { toActiveThreads, toApiChannel, toThreadMember } from '../world/wire-views.ts';
import type { WorldChannel } from '../world/world-records.ts';
import { requireGuild } from './guild-routes.ts';
import { ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

type ArchivedKind = 'public' | 'private' | 'joined';

const PARENTS: readonly number[] = [ChannelKind.Text, ChannelKind.Announcement, ChannelKind.Forum];
const DEFAULT_LIMIT = 50;

/** Listing the open threads of a server and the archived ones of a channel. */
export function threadListRoutes(world: DiscordWorld): readonly RestRoute[] {
  const CHANNEL = '/channels/{channel_id}';
  const archived = (kind: ArchivedKind) => (call: RestCall) => listArchived(world, call, kind);
  return [
    { method: 'GET', path: '/guilds/{guild_id}/threads/active', handle: (call) => listActive(world, call) },
    { method: 'GET', path: `${CHANNEL}/threads/archived/public`, handle: archived('public') },
    { method: 'GET', path: `${CHANNEL}/threads/archived/private`, handle: archived('private') },
    { method: 'GET', path: `${CHANNEL}/users/@me/threads/archived/private`, handle: archived('joined') },
  ];
}

function listActive(world: DiscordWorld, call: RestCall): RestReply {
  const threads = toActiveThreads(world, requireGuild(world, call).id);
  return ok(toThreads(world, threads, false));
}

/** Newest first: by archive time, those that the bot has joined by their id. */
function listArchived(world: DiscordWorld, call: RestCall, kind: ArchivedKind): RestReply {
  const needed = [Permission.ReadMessageHistory, ...(kind === 'private' ? [Permission.ManageThreads] : [])];
  const parent = requireChannel(world, paramOf(call, 'channel_id'), ...needed);
  if (!PARENTS.includes(parent.type)) throw apiError('invalidChannelType');
  const limit = toLimit(call.query.get('limit'));
  const isOlder = toOlder(call.query.get('before'), kind);
  const wanted = [...world.channels.values()].filter((thread) => isWanted(world, thread, parent, kind));
  const older = wanted.filter(isOlder).sort((a, b) => (kind === 'joined' ? compareIds(b, a) : compareTimes(b, a)));
  return ok(toThreads(world, older.slice(0, limit), older.length > limit));
}

function isWanted(world: DiscordWorld, channel: WorldChannel, parent: WorldChannel, kind: ArchivedKind): boolean {
  if (channel.parentId !== parent.id || channel.thread?.archived !== true) return false;
  const isPrivate = channel.type === ChannelKind.PrivateThread;
  if (kind === 'public') return !isPrivate;
  return isPrivate && (kind === 'private' || isMember(channel.thread, world.bot.id));
}

function toThreads(world: DiscordWorld, threads: readonly WorldChannel[], hasMore: boolean): JsonObject {
  return {
    threads: threads.map((thread) => toApiChannel(world, thread)),
    members: threads.flatMap((thread) => toThreadMember(thread, world.bot.id) ?? []),
    has_more: hasMore,
  };
}

function toLimit(asked: string | null): number {
  const limit = Number(asked ?? DEFAULT_LIMIT);
  if (Number.isInteger(limit) && limit >= 2 && limit <= 100) return limit;
  throw invalidForm('limit', 'NUMBER_TYPE_MAX', 'int value should be between 2 and 100.');
}

/** `before` is an archive time, for joined threads an id. */
function toOlder(before: string | null, kind: ArchivedKind): (thread: WorldChannel) => boolean {
  if (before === null) return () => true;
  if (kind === 'joined') {
    requireSnowflake('before', before);
    return ({ id }) => compareSnowflakes(id, before) < 0;
  }
  const at = Date.parse(before);
  if (Number.isNaN(at) || /^\d+$/.test(before))
    throw invalidForm('before', 'DATE_TIME_TYPE_PARSE', `Could not parse ${before}. Should be ISO8601.`);
  return (channel) => toArchivedAt(channel) < at;
}

function compareIds(a: WorldChannel, b: WorldChannel): number {
  return compareSnowflakes(a.id, b.id);
}

function compareTimes(a: WorldChannel, b: WorldChannel): number {
  return toArchivedAt(a) - toArchivedAt(b) || compareIds(a, b);
}

function toArchivedAt({ thread }: WorldChannel): number {
  return thread?.archivedAt ?? 0;
}
