import { apiError, invalidForm, requireSnowflake } from '../api-error.ts';
import { Permission } from '../discord-numbers.ts';
import { toStrings } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { requireChannel } from '../world/member-permissions.ts';
import { toSnowflake } from '../world/snowflake.ts';
import { bodyOf, noContent, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

const TWO_WEEKS_MS = 14 * 24 * 60 * 60_000;

/** Deleting many messages at once. */
export function bulkDeleteRoutes(world: DiscordWorld): readonly RestRoute[] {
  const path = '/channels/{channel_id}/messages/bulk-delete';
  return [{ method: 'POST', path, handle: (call) => deleteMessages(world, call) }];
}

/** Ids of messages that are not there are passed over, but one that is too old refuses all. */
function deleteMessages(world: DiscordWorld, call: RestCall): RestReply {
  const channel = requireChannel(world, paramOf(call, 'channel_id'));
  if (channel.recipientId !== undefined) throw apiError('notInDms');
  requireChannel(world, channel.id, Permission.ManageMessages);
  const ids = toStrings(bodyOf(call)['messages']);
  for (const [index, id] of ids.entries()) requireSnowflake(`messages.${index}`, id);
  if (ids.length < 2 || ids.length > 100) throw apiError('bulkDeleteCount');
  if (new Set(ids).size < ids.length) {
    throw invalidForm('messages', 'SET_TYPE_CONTAINS_DUPLICATES', 'The set already contains this value.');
  }
  const oldest = BigInt(toSnowflake(world.clock.now() - TWO_WEEKS_MS));
  if (ids.some((id) => BigInt(id) < oldest)) throw apiError('bulkDeleteAge');
  world.messages.deleteMany(channel.id, ids);
  return noContent;
}
