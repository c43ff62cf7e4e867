import { Intent } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { canView } from '../world/member-permissions.ts';
import { withoutForeignContent } from '../world/message-content.ts';
import {
  toApiChannel,
  toApiGuild,
  toApiMember,
  toGatewayGuild,
  toMemberFields,
  toThreadMember,
} from '../world/wire-views.ts';
import type { StoredMessage, WorldChange, WorldChannel, WorldMember } from '../world/world-records.ts';

/** One event as the gateway sends it. */
export interface GatewayEvent {
  readonly name: string;
  readonly data: JsonObject;
  /** The intent without which a client does not get it; 0: everyone gets it. */
  readonly intent: number;
  readonly guildId?: string;
  /** The same for clients without the message content intent. */
  readonly withoutContent?: JsonObject;
}

type RoleChange = Extract<WorldChange, { readonly role: unknown }>;

/** What a change means to clients; nothing for what Discord does not send to bots. */
export function toGatewayEvent(world: DiscordWorld, change: WorldChange): GatewayEvent | undefined {
  switch (change.kind) {
    case 'interaction-sent': {
      const guildId = change.record.start.guildId;
      return { name: 'INTERACTION_CREATE', data: change.payload, intent: 0, ...toGuildField(guildId) };
    }
    case 'message-created':
    case 'message-updated':
    case 'message-deleted':
      return toMessageEvent(world, change.kind, change.stored);
    case 'channel-created':
    case 'channel-updated':
    case 'channel-deleted':
      return toChannelEvent(world, change.kind, change.channel);
    case 'guild-updated': {
      const { guild } = change;
      return { name: 'GUILD_UPDATE', data: toApiGuild(guild), intent: Intent.Guilds, guildId: guild.id };
    }
    case 'role-created':
    case 'role-updated':
    case 'role-deleted':
      return toRoleEvent(change);
    case 'member-updated': {
      const { guildId, member } = change;
      const isOwn = member.userId === world.bot.id;
      const data = { guild_id: guildId, ...toApiMember(world, member) };
      return { name: 'GUILD_MEMBER_UPDATE', data, intent: isOwn ? Intent.Guilds : Intent.GuildMembers, guildId };
    }
    case 'thread-member-joined':
    case 'thread-member-left':
      return toThreadMembersEvent(world, change);
    case 'member-joined':
    case 'member-left':
      return toMembershipEvent(world, change.kind === 'member-joined', change.guildId, change.member);
    default:
      return undefined;
  }
}

function toRoleEvent({ kind, guildId, role }: RoleChange): GatewayEvent {
  const about = { intent: Intent.Guilds, guildId };
  if (kind === 'role-deleted')
    return { ...about, name: 'GUILD_ROLE_DELETE', data: { guild_id: guildId, role_id: role.id } };
  const name = kind === 'role-created' ? 'GUILD_ROLE_CREATE' : 'GUILD_ROLE_UPDATE';
  return { ...about, name, data: { guild_id: guildId, role } };
}

/** Someone's coming or going; where it is the bot itself, the server comes or goes for it. */
function toMembershipEvent(
  world: DiscordWorld,
  isJoined: boolean,
  guildId: string,
  member: WorldMember,
): GatewayEvent | undefined {
  const guild = world.guilds.get(guildId);
  if (guild === undefined) return undefined;
  if (member.userId === world.bot.id) {
    return isJoined
      ? { name: 'GUILD_CREATE', data: toGatewayGuild(world, guild, false), intent: Intent.Guilds, guildId }
      : { name: 'GUILD_DELETE', data: { id: guildId }, intent: Intent.Guilds, guildId };
  }
  const user = world.users.get(member.userId);
  return isJoined
    ? {
        name: 'GUILD_MEMBER_ADD',
        data: { ...toApiMember(world, member), guild_id: guildId },
        intent: Intent.GuildMembers,
        guildId,
      }
    : { name: 'GUILD_MEMBER_REMOVE', data: { guild_id: guildId, user }, intent: Intent.GuildMembers, guildId };
}

/** Without the privileged intent a bot hears only of itself. */
function toThreadMembersEvent(
  world: DiscordWorld,
  { kind, channel, userId }: Extract<WorldChange, { kind: 'thread-member-joined' | 'thread-member-left' }>,
): GatewayEvent | undefined {
  const { guildId, thread } = channel;
  if (guildId === undefined || thread === undefined) return undefined;
  const member = toThreadMember(channel, userId);
  const change =
    kind === 'thread-member-left' ? { removed_member_ids: [userId] } : { added_members: member && [member] };
  const data = { id: channel.id, guild_id: guildId, member_count: thread.members.length, ...change };
  const intent = userId === world.bot.id ? Intent.Guilds : Intent.GuildMembers;
  return { name: 'THREAD_MEMBERS_UPDATE', data, intent, guildId };
}

function toGuildField(guildId: string | undefined): { guildId?: string } {
  return guildId === undefined ? {} : { guildId };
}

const CHANNEL_EVENTS = {
  'channel-created': 'CREATE',
  'channel-updated': 'UPDATE',
  'channel-deleted': 'DELETE',
} as const;

function toChannelEvent(
  world: DiscordWorld,
  kind: keyof typeof CHANNEL_EVENTS,
  channel: WorldChannel,
): GatewayEvent | undefined {
  const { guildId } = channel;
  if (guildId === undefined) return undefined;
  const verb = CHANNEL_EVENTS[kind];
  const whole = { ...toApiChannel(world, channel) };
  if (channel.thread !== undefined && !canView(world, channel, world.bot.id)) return undefined;
  if (channel.thread === undefined) {
    return { name: `CHANNEL_${verb}`, data: whole, intent: Intent.Guilds, guildId };
  }
  const gone = { id: channel.id, guild_id: guildId, parent_id: channel.parentId ?? null, type: channel.type };
  const fresh = verb === 'CREATE' ? { ...whole, newly_created: true } : whole;
  return { name: `THREAD_${verb}`, data: verb === 'DELETE' ? gone : fresh, intent: Intent.Guilds, guildId };
}

function toMessageEvent(world: DiscordWorld, kind: string, stored: StoredMessage): GatewayEvent | undefined {
  const channel = world.channels.get(stored.message.channel_id);
  if (channel === undefined || stored.ephemeralFor !== undefined || !canView(world, channel, world.bot.id)) {
    return undefined;
  }
  const intent = channel.guildId === undefined ? Intent.DirectMessages : Intent.GuildMessages;
  const place = channel.guildId === undefined ? {} : { guild_id: channel.guildId };
  if (kind === 'message-deleted') {
    const data = { id: stored.message.id, channel_id: channel.id, ...place };
    return { name: 'MESSAGE_DELETE', data, intent, ...toGuildField(channel.guildId) };
  }
  const member = world.guilds.get(channel.guildId ?? '')?.members.get(stored.message.author.id);
  const data = { ...stored.message, ...place, ...(member === undefined ? {} : { member: toMemberFields(member) }) };
  const name = kind === 'message-created' ? 'MESSAGE_CREATE' : 'MESSAGE_UPDATE';
  const withoutContent = { ...data, ...withoutForeignContent(world, stored.message, channel) };
  return { name, data, withoutContent, intent, ...toGuildField(channel.guildId) };
}
