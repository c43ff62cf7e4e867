import type { APIRole } from 'discord.js';
import { ChannelKind } from './discord-numbers.ts';
import { toSnowflakeTime } from './snowflake.ts';
import type { PlannedChannel, PlannedGuild, PlannedRole, PlannedUser } from './world-plan.ts';
import type { ThreadState, User, WorldChannel, WorldGuild, WorldMember } from './world-records.ts';

const THREAD_KINDS: readonly number[] = [
  ChannelKind.AnnouncementThread,
  ChannelKind.PublicThread,
  ChannelKind.PrivateThread,
];

const NO_FLAGS = 0 as APIRole['flags'];

export function isThreadKind(type: number): boolean {
  return THREAD_KINDS.includes(type);
}

export function planUser(planned: PlannedUser, isBot: boolean): User {
  const user = {
    id: planned.id,
    username: planned.username,
    discriminator: isBot ? '0001' : '0',
    global_name: isBot ? null : planned.displayName,
    avatar: null,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
    public_flags: 0,
    flags: 0,
  };
  return isBot ? { ...user, bot: true } : user;
}

function planRole(planned: PlannedRole, position: number, botId: string): APIRole {
  return {
    id: planned.id,
    name: planned.name,
    permissions: planned.permissions.toString(),
    position,
    color: planned.color ?? 0,
    colors: { primary_color: planned.color ?? 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: planned.isBotRole === true,
    mentionable: planned.mentionable === true,
    icon: null,
    unicode_emoji: null,
    flags: NO_FLAGS,
    ...(planned.isBotRole === true ? { tags: { bot_id: botId } } : {}),
  };
}

export function planGuild(planned: PlannedGuild, botId: string): WorldGuild {
  const everyone = { id: planned.id, name: '@everyone', permissions: planned.everyone };
  const roles = [everyone, ...planned.roles].map((role, position) => planRole(role, position, botId));
  const botRoleIds = planned.roles.filter((role) => role.isBotRole === true).map((role) => role.id);
  const joinedAt = toSnowflakeTime(planned.id);
  const members: WorldMember[] = [{ userId: botId, nick: null, roleIds: botRoleIds, joinedAt }];
  for (const member of planned.members) members.push({ ...member, nick: null, joinedAt });
  return {
    id: planned.id,
    name: planned.name,
    ownerId: planned.ownerId,
    roles: new Map(roles.map((role) => [role.id, role])),
    members: new Map(members.map((member) => [member.userId, member])),
  };
}

/** A thread that has just been opened. */
export function newThreadState(ownerId: string, at: number): ThreadState {
  return {
    ownerId,
    archived: false,
    locked: false,
    autoArchiveDuration: 4320,
    createdAt: at,
    archivedAt: at,
    messageCount: 0,
    totalMessagesSent: 0,
    appliedTags: [],
  };
}

export function planChannel(planned: PlannedChannel, guildId: string, position: number): WorldChannel {
  const overwrites = (planned.overwrites ?? []).map(({ id, kind, allow, deny }) => {
    return { id, kind, allow: allow ?? 0n, deny: deny ?? 0n };
  });
  const thread = isThreadKind(planned.type)
    ? newThreadState(planned.ownerId ?? guildId, toSnowflakeTime(planned.id))
    : undefined;
  return {
    id: planned.id,
    guildId,
    type: planned.type,
    name: planned.name,
    position,
    topic: planned.topic ?? null,
    overwrites,
    ...(planned.parentId === undefined ? {} : { parentId: planned.parentId }),
    ...(thread === undefined ? {} : { thread }),
  };
}
