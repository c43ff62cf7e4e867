import { ChannelKind, Permission } from '../discord-numbers.ts';

export interface PlannedUser {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  /** Default `en-US`. */
  readonly locale?: string;
}

export interface PlannedRole {
  readonly id: string;
  readonly name: string;
  readonly permissions: bigint;
  readonly color?: number;
  readonly mentionable?: boolean;
  /** Whether it is the bot's own role. */
  readonly isBotRole?: boolean;
}

export interface PlannedOverwrite {
  /** A role's or a member's id. */
  readonly id: string;
  readonly kind: 'role' | 'member';
  readonly allow?: bigint;
  readonly deny?: bigint;
}

export interface PlannedChannel {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly parentId?: string;
  readonly topic?: string;
  readonly overwrites?: readonly PlannedOverwrite[];
  /** For threads: who opened it. */
  readonly ownerId?: string;
}

export interface PlannedGuild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** Default `en-US`. */
  readonly locale?: string;
  /** The channel in which Discord says who joined; default none. */
  readonly systemChannelId?: string;
  /** Default 0. */
  readonly premiumTier?: number;
  readonly everyone: bigint;
  readonly roles: readonly PlannedRole[];
  readonly members: readonly { readonly userId: string; readonly roleIds: readonly string[] }[];
  readonly channels: readonly PlannedChannel[];
}

/** What the world holds when it starts. All ids are snowflakes and stay the same over restarts. */
export interface WorldPlan {
  readonly applicationId: string;
  readonly bot: PlannedUser;
  readonly users: readonly PlannedUser[];
  readonly guilds: readonly PlannedGuild[];
}

/** Ids of the world that the stand-in has when none is given. */
export const sandboxIds = {
  application: '1204417700112100001',
  guild: '1204417700112100100',
  otherGuild: '1204417700112100200',
  owner: '1104417700112100011',
  moderator: '1104417700112100012',
  member: '1104417700112100013',
  outsider: '1104417700112100014',
  general: '1204417700112100110',
  showcase: '1204417700112100111',
  moderation: '1204417700112100112',
  announcements: '1204417700112100113',
  forum: '1204417700112100114',
  thread: '1204417700112100115',
  otherGeneral: '1204417700112100210',
  moderatorRole: '1204417700112100120',
  adminRole: '1204417700112100121',
  artistRole: '1204417700112100122',
  botRole: '1204417700112100123',
  otherBotRole: '1204417700112100223',
} as const;

const P = Permission;

const EVERYONE =
  P.ViewChannel |
  P.SendMessages |
  P.SendMessagesInThreads |
  P.CreatePublicThreads |
  P.EmbedLinks |
  P.AttachFiles |
  P.AddReactions |
  P.ReadMessageHistory |
  P.UseExternalEmojis |
  P.UseApplicationCommands;

const BOT =
  P.ViewChannel |
  P.SendMessages |
  P.SendMessagesInThreads |
  P.CreatePublicThreads |
  P.EmbedLinks |
  P.AttachFiles |
  P.ReadMessageHistory |
  P.UseExternalEmojis;

const ids = sandboxIds;

const mainGuild: PlannedGuild = {
  id: ids.guild,
  name: 'Midjourney Studio',
  ownerId: ids.owner,
  everyone: EVERYONE,
  roles: [
    { id: ids.artistRole, name: 'Artist', permissions: 0n, color: 0xe91e63, mentionable: true },
    { id: ids.botRole, name: 'useapi bot', permissions: BOT, isBotRole: true },
    { id: ids.moderatorRole, name: 'Moderator', permissions: P.ManageMessages | P.ManageThreads, color: 0x3498db },
    {
      id: ids.adminRole,
      name: 'Admin',
      permissions: P.ManageGuild | P.ManageChannels | P.ManageRoles,
      color: 0xe67e22,
    },
  ],
  members: [
    { userId: ids.owner, roleIds: [ids.adminRole] },
    { userId: ids.moderator, roleIds: [ids.moderatorRole] },
    { userId: ids.member, roleIds: [ids.artistRole] },
  ],
  channels: [
    { id: ids.general, name: 'general', type: ChannelKind.Text, topic: 'Talk, and ask for jobs' },
    { id: ids.showcase, name: 'showcase', type: ChannelKind.Text, topic: 'Finished pictures' },
    {
      id: ids.moderation,
      name: 'moderation',
      type: ChannelKind.Text,
      topic: 'For moderators',
      overwrites: [
        { id: ids.guild, kind: 'role', deny: P.ViewChannel },
        { id: ids.moderatorRole, kind: 'role', allow: P.ViewChannel },
        { id: ids.adminRole, kind: 'role', allow: P.ViewChannel },
        { id: ids.botRole, kind: 'role', allow: P.ViewChannel },
      ],
    },
    {
      id: ids.announcements,
      name: 'announcements',
      type: ChannelKind.Announcement,
      overwrites: [
        { id: ids.guild, kind: 'role', deny: P.SendMessages },
        { id: ids.adminRole, kind: 'role', allow: P.SendMessages },
        { id: ids.botRole, kind: 'role', allow: P.SendMessages },
      ],
    },
    { id: ids.forum, name: 'gallery', type: ChannelKind.Forum, topic: 'One post a job' },
    {
      id: ids.thread,
      name: 'Style tests',
      type: ChannelKind.PublicThread,
      parentId: ids.general,
      ownerId: ids.moderator,
    },
  ],
};

const otherGuild: PlannedGuild = {
  id: ids.otherGuild,
  name: 'Another Server',
  ownerId: ids.outsider,
  everyone: EVERYONE,
  roles: [{ id: ids.otherBotRole, name: 'useapi bot', permissions: BOT, isBotRole: true }],
  members: [{ userId: ids.outsider, roleIds: [] }],
  channels: [{ id: ids.otherGeneral, name: 'general', type: ChannelKind.Text }],
};

/** A studio's server with an owner, a moderator and a member, and a second server with an owner of its own. */
export const defaultWorldPlan: WorldPlan = {
  applicationId: ids.application,
  bot: { id: ids.application, username: 'useapi-bot', displayName: 'useapi bot' },
  users: [
    { id: ids.owner, username: 'olga', displayName: 'Olga (owner)' },
    { id: ids.moderator, username: 'marek', displayName: 'Marek (moderator)' },
    { id: ids.member, username: 'mia', displayName: 'Mia (member)' },
    { id: ids.outsider, username: 'otto', displayName: 'Otto (other server)' },
  ],
  guilds: [mainGuild, otherGuild],
};
