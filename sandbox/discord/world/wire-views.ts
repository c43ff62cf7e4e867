import type { APIChannel } from 'discord.js';
import { compact } from '../../../src/shared/compact.ts';
import { ChannelKind } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from './discord-world.ts';
import { canView, toGuildPermissions } from './member-permissions.ts';
import { compareSnowflakes } from './snowflake.ts';
import { isThreadKind } from './threads.ts';
import type { ThreadState, WorldChannel, WorldGuild, WorldMember } from './world-records.ts';

/** Discord stops counting a thread's members there. */
const MAX_COUNTED_MEMBERS = 50;
/** A channel's flag: its posts need a tag. */
const REQUIRE_TAG = 1 << 4;

function toIso(at: number): string {
  return new Date(at).toISOString();
}

/** A member as Discord sends it, without the user. */
export function toMemberFields(member: WorldMember): JsonObject {
  return {
    avatar: null,
    banner: null,
    avatar_decoration_data: null,
    collectibles: null,
    communication_disabled_until: null,
    deaf: false,
    flags: 0,
    joined_at: toIso(member.joinedAt),
    mute: false,
    nick: member.nick,
    pending: false,
    premium_since: null,
    roles: [...member.roleIds],
  };
}

export function toApiMember(world: DiscordWorld, member: WorldMember): JsonObject {
  return { ...toMemberFields(member), user: world.users.get(member.userId) };
}

/** The member with their permissions in a channel, as interactions carry it. */
export function toInteractionMember(world: DiscordWorld, member: WorldMember, permissions: bigint): JsonObject {
  return { ...toApiMember(world, member), permissions: permissions.toString() };
}

function toOverwrites(channel: WorldChannel): object[] {
  return channel.overwrites.map(({ id, kind, allow, deny }) => ({
    id,
    type: kind === 'role' ? 0 : 1,
    allow: allow.toString(),
    deny: deny.toString(),
  }));
}

/** A channel, thread or direct message as Discord sends it. */
export function toApiChannel(world: DiscordWorld, channel: WorldChannel): APIChannel {
  if (channel.recipientId !== undefined) return toDm(world, channel);
  if (channel.thread !== undefined) return toThread(world, channel, channel.thread);
  return toGuildChannel(channel);
}

function toDm(world: DiscordWorld, channel: WorldChannel): APIChannel {
  const dm = {
    id: channel.id,
    type: channel.type,
    flags: 0,
    last_message_id: channel.lastMessageId ?? null,
    recipients: [world.users.get(channel.recipientId ?? '')],
  };
  return dm as unknown as APIChannel;
}

/** How someone is in a thread; none for those who are not. */
export function toThreadMember({ id, thread }: WorldChannel, userId: string): JsonObject | undefined {
  const member = thread?.members.find((other) => other.userId === userId);
  return member && { id, user_id: userId, join_timestamp: toIso(member.joinedAt), flags: 0 };
}

function toThread(world: DiscordWorld, channel: WorldChannel, thread: ThreadState): APIChannel {
  const own = toThreadMember(channel, world.bot.id);
  const wire = {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guildId,
    parent_id: channel.parentId ?? null,
    owner_id: thread.ownerId,
    name: channel.name,
    flags: 0,
    last_message_id: channel.lastMessageId ?? null,
    rate_limit_per_user: 0,
    message_count: thread.messageCount,
    member_count: Math.min(MAX_COUNTED_MEMBERS, thread.members.length),
    total_message_sent: thread.totalMessagesSent,
    applied_tags: [...thread.appliedTags],
    thread_metadata: {
      archived: thread.archived,
      archive_timestamp: toIso(thread.archivedAt),
      auto_archive_duration: thread.autoArchiveDuration,
      create_timestamp: toIso(thread.createdAt),
      locked: thread.locked,
    },
    ...compact({ member: own }),
  };
  return wire as unknown as APIChannel;
}

function toGuildChannel(channel: WorldChannel): APIChannel {
  const isForum = channel.type === ChannelKind.Forum;
  const wire = {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guildId,
    parent_id: channel.parentId ?? null,
    name: channel.name,
    topic: channel.topic,
    flags: channel.requiresTag === true ? REQUIRE_TAG : 0,
    nsfw: false,
    position: channel.position,
    rate_limit_per_user: 0,
    last_message_id: channel.lastMessageId ?? null,
    permission_overwrites: toOverwrites(channel),
    ...(isForum
      ? {
          available_tags: (channel.tags ?? []).map((tag) => ({ ...tag, emoji_id: null, emoji_name: null })),
          default_reaction_emoji: null,
          default_sort_order: null,
          default_forum_layout: 0,
        }
      : { last_pin_timestamp: channel.lastPinAt === undefined ? null : toIso(channel.lastPinAt) }),
  };
  return wire as unknown as APIChannel;
}

/** What is the same for every server here. */
const GUILD_DEFAULTS: JsonObject = {
  icon: null,
  description: null,
  home_header: null,
  splash: null,
  discovery_splash: null,
  features: [],
  banner: null,
  application_id: null,
  region: 'deprecated',
  afk_channel_id: null,
  afk_timeout: 300,
  system_channel_flags: 0,
  widget_enabled: false,
  widget_channel_id: null,
  verification_level: 1,
  default_message_notifications: 1,
  mfa_level: 0,
  explicit_content_filter: 0,
  max_presences: null,
  max_members: 500_000,
  max_stage_video_channel_users: 50,
  max_video_channel_users: 25,
  vanity_url_code: null,
  premium_subscription_count: 0,
  rules_channel_id: null,
  safety_alerts_channel_id: null,
  public_updates_channel_id: null,
  premium_progress_bar_enabled: false,
  nsfw: false,
  nsfw_level: 0,
  emojis: [],
  stickers: [],
  incidents_data: null,
};

/** The open threads of a server that the bot can see, the newest first; `own`: its channels, where they are known. */
export function toActiveThreads(
  world: DiscordWorld,
  guildId: string,
  own: readonly WorldChannel[] = world.channelsOf(guildId),
): readonly WorldChannel[] {
  const open = own.filter((channel) => channel.thread?.archived === false && canView(world, channel, world.bot.id));
  return open.sort((a, b) => compareSnowflakes(b.id, a.id));
}

/** A server as `GET /guilds/{guild_id}` answers it. */
export function toApiGuild(guild: WorldGuild): JsonObject {
  return {
    ...GUILD_DEFAULTS,
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    preferred_locale: guild.locale,
    system_channel_id: guild.systemChannelId ?? null,
    premium_tier: guild.premiumTier,
    roles: [...guild.roles.values()],
  };
}

/** What GUILD_CREATE carries: the server with its channels, open threads, and the bot as its only member. */
export function toGatewayGuild(
  world: DiscordWorld,
  guild: WorldGuild,
  allMembers: boolean,
  channels: readonly WorldChannel[] = world.channelsOf(guild.id),
): JsonObject {
  const members = [...guild.members.values()].filter((member) => allMembers || member.userId === world.bot.id);
  const own = guild.members.get(world.bot.id);
  return {
    ...toApiGuild(guild),
    joined_at: toIso(own?.joinedAt ?? 0),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: members.map((member) => toApiMember(world, member)),
    channels: channels.filter(({ type }) => !isThreadKind(type)).map((channel) => toApiChannel(world, channel)),
    threads: toActiveThreads(world, guild.id, channels).map((thread) => toApiChannel(world, thread)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

/** One server in the list of the bot's servers. */
export function toPartialGuild(guild: WorldGuild, userId: string): JsonObject {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    banner: null,
    owner: guild.ownerId === userId,
    permissions: toGuildPermissions(guild, userId).toString(),
    features: [],
  };
}
