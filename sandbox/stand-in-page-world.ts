import { ChannelKind } from './discord/discord-numbers.ts';
import type { DiscordStandIn } from './discord/discord-stand-in.ts';
import { LOCALES } from './discord/locales.ts';
import { canView, toGuildPermissions } from './discord/world/member-permissions.ts';
import type {
  WorldChange as StandInChange,
  WorldChannel as StandInChannel,
  WorldGuild,
} from './discord/world/world-records.ts';
import type {
  PageWorld,
  WorldChange,
  WorldChannel,
  WorldCommand,
  WorldFile,
  WorldMember,
  WorldServer,
} from './page/server/page-world.ts';

const MANAGE_MESSAGES = 1n << 13n;
/** Stands for the server that direct messages have not got. */
const DIRECT_MESSAGES = '0';
const FILE_PATH = /^\/(?:ephemeral-)?attachments\/\d+\/(\d+)\/[^/]+$/;

/** The stand-in of Discord as the page sees it. */
export class StandInPageWorld implements PageWorld {
  readonly #standIn: DiscordStandIn;

  constructor(standIn: DiscordStandIn) {
    this.#standIn = standIn;
  }

  people(): readonly WorldMember[] {
    const members = [...this.#standIn.world.guilds.values()].flatMap((guild) => this.#membersOf(guild));
    const people = members.filter((member) => !member.isBot);
    return people.filter((member, at) => people.findIndex((other) => other.id === member.id) === at);
  }

  locales(): readonly string[] {
    return LOCALES;
  }

  /** The member's servers; direct messages with the bot come last, as a server of their own. */
  servers(userId: string): readonly WorldServer[] {
    const { world } = this.#standIn;
    const servers = world.guildsOf(userId).map((guild) => this.#toServer(guild, userId));
    const dms = [...world.channels.values()].filter((channel) => channel.recipientId === userId);
    if (dms.length === 0) return servers;
    const members = [this.#toUser(userId), this.#toUser(world.bot.id)];
    return [
      ...servers,
      { id: DIRECT_MESSAGES, name: 'Direct messages', channels: dms.map(this.#toChannel), members, roles: [] },
    ];
  }

  commands(userId: string, channelId: string): readonly WorldCommand[] {
    return this.#standIn.people(userId).commands(channelId) as readonly WorldCommand[];
  }

  person(userId: string) {
    return this.people().some((member) => member.id === userId)
      ? this.#standIn.people(userId, 'first-answer')
      : undefined;
  }

  async file(path: string): Promise<WorldFile | undefined> {
    const id = FILE_PATH.exec(path)?.[1];
    const kept = id === undefined ? undefined : this.#standIn.world.attachments.get(id);
    if (kept === undefined) return undefined;
    const { filename, content_type: contentType = 'application/octet-stream' } = kept.file.attachment;
    return { name: filename, contentType, bytes: kept.bytes };
  }

  subscribe(listener: (change: WorldChange) => void): () => void {
    return this.#standIn.world.subscribe((change) => {
      for (const seen of toPageChanges(change)) listener(seen);
    });
  }

  #toServer(guild: WorldGuild, userId: string): WorldServer {
    const { world } = this.#standIn;
    const channels = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
    return {
      id: guild.id,
      name: guild.name,
      channels: channels.filter((channel) => canView(world, channel, userId)).map(this.#toChannel),
      members: this.#membersOf(guild),
      roles: Array.from(guild.roles.values(), ({ id, name, color }) => ({ id, name, color })),
    };
  }

  #toChannel = ({ id, name, type, topic, parentId, thread }: StandInChannel): WorldChannel => {
    const { bot } = this.#standIn.world;
    const shown = type === ChannelKind.Dm ? (bot.global_name ?? bot.username) : name;
    return { id, name: shown, type, topic: topic ?? undefined, parentId, isArchived: thread?.archived };
  };

  #toUser(userId: string): WorldMember {
    const user = this.#standIn.world.users.get(userId);
    return { id: userId, name: user?.global_name ?? user?.username ?? userId, isBot: user?.bot === true, roleIds: [] };
  }

  #membersOf(guild: WorldGuild): WorldMember[] {
    return Array.from(guild.members.values(), ({ userId, roleIds }) => {
      const user = this.#standIn.world.users.get(userId);
      const color = roleIds.map((id) => guild.roles.get(id)?.color).find(Boolean);
      const name = user?.global_name ?? user?.username ?? userId;
      const locale = this.#standIn.world.localeOf(userId);
      return { id: userId, name, isBot: user?.bot === true, note: toNote(guild, userId), color, roleIds, locale };
    });
  }
}

function toNote(guild: WorldGuild, userId: string): string {
  if (guild.ownerId === userId) return `owner of ${guild.name}`;
  return (toGuildPermissions(guild, userId) & MANAGE_MESSAGES) === 0n ? 'member' : 'moderator';
}

function toPageChanges(change: StandInChange): readonly WorldChange[] {
  if (change.kind === 'messages-deleted') {
    return change.messages.flatMap((stored) => toPageChange({ kind: 'message-deleted', stored }) ?? []);
  }
  const seen = toPageChange(change);
  return seen === undefined ? [] : [seen];
}

function toPageChange(change: StandInChange): WorldChange | undefined {
  switch (change.kind) {
    case 'message-created':
    case 'message-updated':
    case 'reaction-added':
    case 'reaction-removed':
    case 'reactions-cleared': {
      const { message, ephemeralFor } = change.stored;
      const isNew = change.kind === 'message-created';
      return { kind: 'message', channelId: message.channel_id, message, isNew, onlyFor: ephemeralFor };
    }
    case 'message-deleted': {
      const { message, ephemeralFor } = change.stored;
      return { kind: 'message-deleted', channelId: message.channel_id, messageId: message.id, onlyFor: ephemeralFor };
    }
    case 'typing':
    case 'interaction-sent':
    case 'interaction-updated':
    case 'bot-presence':
      return undefined;
    default:
      return { kind: 'world' };
  }
}
