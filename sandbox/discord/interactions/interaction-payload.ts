import { InteractionKind } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import type { InteractionStart } from '../world/interaction-record.ts';
import { toChannelPermissions } from '../world/member-permissions.ts';
import { toMaxFileBytes } from '../world/upload-limits.ts';
import { toApiChannel, toInteractionMember } from '../world/wire-views.ts';
import type { WorldChannel } from '../world/world-records.ts';

/** What INTERACTION_CREATE carries. */
export function toInteractionPayload(world: DiscordWorld, start: InteractionStart, data: JsonObject): JsonObject {
  const channel = world.channels.get(start.channelId);
  if (channel === undefined) return {};
  const source = start.isFromComponent ? world.messages.get(start.sourceMessageId ?? '') : undefined;
  return {
    id: start.id,
    application_id: world.applicationId,
    type: start.kind,
    token: start.token,
    version: 1,
    data,
    channel: toApiChannel(world, channel),
    channel_id: channel.id,
    app_permissions: toChannelPermissions(world, channel, world.bot.id).toString(),
    locale: world.localeOf(start.userId),
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: toOwners(channel),
    context: channel.guildId === undefined ? 1 : 0,
    attachment_size_limit: toMaxFileBytes(world, channel.guildId),
    ...(source === undefined ? {} : { message: source.message }),
    ...toWho(world, channel, start.userId),
  };
}

function toWho(world: DiscordWorld, channel: WorldChannel, userId: string): JsonObject {
  const guild = world.guilds.get(channel.guildId ?? '');
  const member = guild?.members.get(userId);
  if (guild === undefined || member === undefined) return { user: world.users.get(userId) };
  return {
    guild: { id: guild.id, locale: guild.locale, features: [] },
    guild_id: guild.id,
    guild_locale: guild.locale,
    member: toInteractionMember(world, member, toChannelPermissions(world, channel, userId)),
  };
}

function toOwners(channel: WorldChannel): Readonly<Record<string, string>> {
  return { '0': channel.guildId ?? '0' };
}

interface MetadataSource {
  readonly id: string;
  readonly kind: number;
  readonly userId: string;
  readonly channel: WorldChannel;
  readonly sourceMessageId?: string;
  /** The metadata of the interaction that opened the modal. */
  readonly triggeredBy?: JsonObject;
}

/** `interaction_metadata` of the messages that answer an interaction. */
export function toMetadata(world: DiscordWorld, source: MetadataSource): JsonObject {
  const base = {
    id: source.id,
    type: source.kind,
    user: world.users.get(source.userId),
    authorizing_integration_owners: toOwners(source.channel),
  };
  if (source.kind === InteractionKind.Component) return { ...base, interacted_message_id: source.sourceMessageId };
  if (source.kind === InteractionKind.Modal) return { ...base, triggering_interaction_metadata: source.triggeredBy };
  return source.sourceMessageId === undefined ? base : { ...base, target_message_id: source.sourceMessageId };
}
