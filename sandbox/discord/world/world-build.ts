import type { APIRole } from 'discord.js';
import { compact } from '../../../src/shared/compact.ts';
import { DEFAULT_LOCALE } from '../locales.ts';
import { toSnowflakeTime } from './snowflake.ts';
import { isThreadKind, newThreadState } from './threads.ts';
import type { PlannedChannel, PlannedGuild, PlannedRole, PlannedUser } from './world-plan.ts';
import type { User, WorldChannel, WorldGuild, WorldMember } from './world-records.ts';

const NO_FLAGS = 0 as APIRole['flags'];

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
    locale: planned.locale ?? DEFAULT_LOCALE,
    premiumTier: planned.premiumTier ?? 0,
    ...compact({ systemChannelId: planned.systemChannelId }),
    roles: new Map(roles.map((role) => [role.id, role])),
    members: new Map(members.map((member) => [member.userId, member])),
  };
}

/** A thread of the plan is as old as its id, and somebody was there just before the world began. */
export function planChannel(
  planned: PlannedChannel,
  guildId: string,
  { position, now }: { readonly position: number; readonly now: number },
): WorldChannel {
  const overwrites = (planned.overwrites ?? []).map(({ id, kind, allow, deny }) => {
    return { id, kind, allow: allow ?? 0n, deny: deny ?? 0n };
  });
  const thread = isThreadKind(planned.type)
    ? { ...newThreadState(planned.ownerId ?? guildId, toSnowflakeTime(planned.id)), activeAt: now }
    : undefined;
  return {
    id: planned.id,
    guildId,
    type: planned.type,
    name: planned.name,
    position,
    topic: planned.topic ?? null,
    overwrites,
    ...compact({ parentId: planned.parentId, thread }),
  };
}
