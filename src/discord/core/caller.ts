import type { BaseInteraction } from 'discord.js';

/** Who asks, where, and what the bot may do there: all that handlers know of an interaction's origin. */
export interface Caller {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly roleIds: readonly string[];
  /** The member's permissions in this channel. */
  readonly permissions: bigint;
  readonly isOwner: boolean;
  /** The bot's permissions in this channel. */
  readonly appPermissions: bigint;
  /** Bytes that a file may have here and now. */
  readonly maxFileBytes: number;
}

/** The caller of an interaction from a server; none for direct messages. */
export function toCaller(interaction: BaseInteraction): Caller | undefined {
  if (!interaction.inGuild() || interaction.channelId === null) return undefined;
  const roles = interaction.member.roles;
  return {
    guildId: interaction.guildId,
    channelId: interaction.channelId,
    userId: interaction.user.id,
    roleIds: Array.isArray(roles) ? roles : [...roles.cache.keys()],
    permissions: interaction.memberPermissions.bitfield,
    isOwner: interaction.guild?.ownerId === interaction.user.id,
    appPermissions: interaction.appPermissions.bitfield,
    maxFileBytes: interaction.attachmentSizeLimit,
  };
}
