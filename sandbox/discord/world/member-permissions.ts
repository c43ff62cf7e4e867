import { apiError } from '../api-error.ts';
import { ChannelKind, Permission } from '../discord-numbers.ts';
import type { DiscordWorld } from './discord-world.ts';
import { isMember } from './threads.ts';
import type { WorldChannel, WorldGuild } from './world-records.ts';

const ALL_PERMISSIONS = (1n << 53n) - 1n;

const DIRECT_MESSAGE_PERMISSIONS =
  Permission.ViewChannel |
  Permission.SendMessages |
  Permission.EmbedLinks |
  Permission.AttachFiles |
  Permission.ReadMessageHistory |
  Permission.AddReactions |
  Permission.UseExternalEmojis |
  Permission.UseApplicationCommands;

/** What a member's roles grant in a whole server; nothing for someone who is not in it. */
export function toGuildPermissions(guild: WorldGuild, userId: string): bigint {
  const member = guild.members.get(userId);
  if (member === undefined) return 0n;
  if (guild.ownerId === userId) return ALL_PERMISSIONS;
  let granted = 0n;
  for (const roleId of [guild.id, ...member.roleIds]) granted |= BigInt(guild.roles.get(roleId)?.permissions ?? '0');
  return has(granted, Permission.Administrator) ? ALL_PERMISSIONS : granted;
}

/** What a person or the bot may do in a channel, with its overwrites; threads take their parent's. */
export function toChannelPermissions(world: DiscordWorld, channel: WorldChannel, userId: string): bigint {
  if (channel.guildId === undefined) {
    const takesPart = userId === channel.recipientId || userId === world.bot.id;
    return takesPart ? DIRECT_MESSAGE_PERMISSIONS : 0n;
  }
  const guild = world.guilds.get(channel.guildId);
  if (guild === undefined) return 0n;
  const base = toGuildPermissions(guild, userId);
  if (base === ALL_PERMISSIONS || base === 0n) return base;
  const parent = channel.thread === undefined ? channel : (world.channels.get(channel.parentId ?? '') ?? channel);
  const granted = applyOverwrites(base, parent, guild, userId);
  return isClosedTo(channel, userId, granted) ? 0n : granted;
}

/** A private thread is for those who are in it, and for moderators. */
function isClosedTo({ type, thread }: WorldChannel, userId: string, granted: bigint): boolean {
  if (type !== ChannelKind.PrivateThread || thread === undefined) return false;
  return !has(granted, Permission.ManageThreads) && !isMember(thread, userId);
}

function applyOverwrites(base: bigint, channel: WorldChannel, guild: WorldGuild, userId: string): bigint {
  const roleIds = guild.members.get(userId)?.roleIds ?? [];
  const everyone = channel.overwrites.filter((overwrite) => overwrite.id === guild.id);
  const roles = channel.overwrites.filter((overwrite) => overwrite.kind === 'role' && roleIds.includes(overwrite.id));
  const own = channel.overwrites.filter((overwrite) => overwrite.kind === 'member' && overwrite.id === userId);
  let granted = base;
  for (const level of [everyone, roles, own]) {
    for (const overwrite of level) granted &= ~overwrite.deny;
    for (const overwrite of level) granted |= overwrite.allow;
  }
  return granted;
}

/** Whether someone may not write or edit in a thread, because moderators have locked it. */
export function isLockedFor(world: DiscordWorld, channel: WorldChannel, userId: string): boolean {
  if (channel.thread?.locked !== true) return false;
  return !has(toChannelPermissions(world, channel, userId), Permission.ManageThreads);
}

export function has(granted: bigint, wanted: bigint): boolean {
  return (granted & wanted) === wanted;
}

/** Whether someone can open a channel. */
export function canView(world: DiscordWorld, channel: WorldChannel, userId: string): boolean {
  return has(toChannelPermissions(world, channel, userId), Permission.ViewChannel);
}

/** The channel, if the bot may do all that is `wanted` there; otherwise Discord's error: 10003, 50001 or 50013. */
export function requireChannel(world: DiscordWorld, channelId: string, ...wanted: readonly bigint[]): WorldChannel {
  const channel = world.channels.get(channelId);
  if (channel === undefined) throw apiError('unknownChannel');
  const granted = toChannelPermissions(world, channel, world.bot.id);
  if (!has(granted, Permission.ViewChannel)) throw apiError('missingAccess');
  if (!wanted.every((permission) => has(granted, permission))) throw apiError('missingPermissions');
  return channel;
}
