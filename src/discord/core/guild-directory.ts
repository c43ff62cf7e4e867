import { ChannelType, type Client, type GuildBasedChannel, PermissionFlagsBits } from 'discord.js';

/** A channel as far as posting into it goes. */
export interface ChannelFacts {
  readonly id: string;
  readonly name: string;
  readonly kind: 'text' | 'thread' | 'forum' | 'other';
  /** Names of permissions that the bot lacks there, as Discord shows them. */
  readonly missing: readonly string[];
  /** Whether every member of the server can look into it. */
  readonly isOpenToAll: boolean;
}

export interface RoleFacts {
  readonly id: string;
  readonly name: string;
  /** Whether the bot's mention reaches its members. */
  readonly isMentionable: boolean;
}

const NAMES = {
  ViewChannel: 'View Channel',
  SendMessages: 'Send Messages',
  SendMessagesInThreads: 'Send Messages in Threads',
  AttachFiles: 'Attach Files',
  ReadMessageHistory: 'Read Message History',
} as const;
type NeededPermission = keyof typeof NAMES;

const KINDS: ReadonlyMap<ChannelType, ChannelFacts['kind']> = new Map([
  [ChannelType.GuildText, 'text'],
  [ChannelType.GuildAnnouncement, 'text'],
  [ChannelType.PublicThread, 'thread'],
  [ChannelType.PrivateThread, 'thread'],
  [ChannelType.AnnouncementThread, 'thread'],
  [ChannelType.GuildForum, 'forum'],
]);

/** What the gateway has sent of servers: channels, roles and what the bot may do there; asks Discord nothing. */
export class GuildDirectory {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The bot's own user id. */
  ownId(): string | undefined {
    return this.#client.user?.id;
  }

  channel(guildId: string, channelId: string): ChannelFacts | undefined {
    const guild = this.#client.guilds.cache.get(guildId);
    const channel = guild?.channels.cache.get(channelId);
    if (guild === undefined || channel === undefined) return undefined;
    const kind = KINDS.get(channel.type) ?? 'other';
    const me = guild.members.me;
    const granted = me === null ? undefined : channel.permissionsFor(me);
    const missing = neededFor(channel, kind).filter((name) => granted?.has(PermissionFlagsBits[name]) !== true);
    const isOpenToAll = channel.permissionsFor(guild.roles.everyone)?.has(PermissionFlagsBits.ViewChannel) === true;
    return { id: channel.id, name: channel.name, kind, missing: missing.map((name) => NAMES[name]), isOpenToAll };
  }

  /** Whether the gateway has sent the server: not while Discord has an outage there. */
  isAvailable(guildId: string): boolean {
    return this.#client.guilds.cache.get(guildId)?.available === true;
  }

  guildName(guildId: string): string | undefined {
    return this.#client.guilds.cache.get(guildId)?.name;
  }

  /** A role as it can be mentioned in a channel, whose overwrites count. */
  role(guildId: string, roleId: string, channelId: string): RoleFacts | undefined {
    const guild = this.#client.guilds.cache.get(guildId);
    const role = guild?.roles.cache.get(roleId);
    if (guild === undefined || role === undefined) return undefined;
    const me = guild.members.me;
    const granted = me === null ? undefined : guild.channels.cache.get(channelId)?.permissionsFor(me);
    const reachesAll = granted?.has(PermissionFlagsBits.MentionEveryone) === true;
    return { id: role.id, name: role.name, isMentionable: role.mentionable || reachesAll };
  }
}

export type ChannelDirectory = Pick<GuildDirectory, 'channel' | 'isAvailable'>;
export type RoleDirectory = Pick<GuildDirectory, 'role'>;

function neededFor(channel: GuildBasedChannel, kind: ChannelFacts['kind']): NeededPermission[] {
  const always: NeededPermission[] = ['ViewChannel', 'AttachFiles', 'ReadMessageHistory'];
  if (kind === 'forum') return [...always, 'SendMessages', 'SendMessagesInThreads'];
  return [...always, channel.isThread() ? 'SendMessagesInThreads' : 'SendMessages'];
}
