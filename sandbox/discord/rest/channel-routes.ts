import { compact } from '../../../src/shared/compact.ts';
import { apiError, DiscordApiError } from '../api-error.ts';
import { Permission } from '../discord-numbers.ts';
import { type JsonObject, toFlag, toNumber, toText } from '../json.ts';
import { checkPayload, toInvalidFormBody } from '../rules/payload-rules.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { has, requireChannel, toChannelPermissions } from '../world/member-permissions.ts';
import { changeThread } from '../world/threads.ts';
import { toApiChannel } from '../world/wire-views.ts';
import type { WorldChannel } from '../world/world-records.ts';
import { bodyOf, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

/** Reading, changing and deleting channels and threads, and opening direct messages. */
export function channelRoutes(world: DiscordWorld): readonly RestRoute[] {
  const CHANNEL = '/channels/{channel_id}';
  return [
    { method: 'GET', path: CHANNEL, handle: (call) => ok(toApiChannel(world, readChannel(world, call))) },
    { method: 'PATCH', path: CHANNEL, handle: (call) => changeChannel(world, call) },
    { method: 'DELETE', path: CHANNEL, handle: (call) => deleteChannel(world, call) },
    { method: 'POST', path: '/users/@me/channels', handle: (call) => openDm(world, call) },
  ];
}

function readChannel(world: DiscordWorld, call: RestCall): WorldChannel {
  return requireChannel(world, paramOf(call, 'channel_id'));
}

function changeChannel(world: DiscordWorld, call: RestCall): RestReply {
  const channel = readChannel(world, call);
  const body = bodyOf(call);
  requireValid(channel.thread === undefined ? 'channel-edit' : 'thread-edit', body);
  const name = toText(body['name']);
  if (channel.thread === undefined) {
    requireChannel(world, channel.id, Permission.ManageChannels);
    const topic = body['topic'] === undefined ? channel.topic : (toText(body['topic']) ?? null);
    const changed = world.updateChannel(channel.id, { topic, ...compact({ name }) });
    return ok(toApiChannel(world, changed ?? channel));
  }
  requireMayChangeThread(world, channel, body);
  const archived = typeof body['archived'] === 'boolean' ? body['archived'] : channel.thread.archived;
  const locked = typeof body['locked'] === 'boolean' ? body['locked'] : channel.thread.locked;
  const autoArchiveDuration = toNumber(body['auto_archive_duration']) ?? channel.thread.autoArchiveDuration;
  const change = { archived, locked, autoArchiveDuration };
  const thread = changeThread(channel.thread, change, world.clock.now());
  const changed = world.updateChannel(channel.id, { thread, ...compact({ name }) });
  return ok(toApiChannel(world, changed ?? channel));
}

function requireValid(kind: 'channel-edit' | 'thread-edit', body: JsonObject): void {
  const problems = checkPayload(kind, body);
  if (problems.length > 0)
    throw new DiscordApiError(400, 50035, 'Invalid Form Body', toInvalidFormBody(problems).errors);
}

/**
 * Without Manage Threads: its owner may change it, and anyone who may write there may wake it while it is not locked.
 */
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

function openDm(world: DiscordWorld, call: RestCall): RestReply {
  const userId = toText(bodyOf(call)['recipient_id']) ?? '';
  const user = world.users.get(userId);
  if (user === undefined) throw apiError('invalidRecipient');
  if (toFlag(user.bot)) throw apiError('cannotMessageUser');
  return ok(toApiChannel(world, world.openDm(userId)));
}
