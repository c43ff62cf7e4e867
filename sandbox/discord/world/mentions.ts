import type { APIUser } from 'discord.js';
import { Permission } from '../discord-numbers.ts';
import { isObject, type JsonObject, toFlag, toStrings } from '../json.ts';
import type { DiscordWorld } from './discord-world.ts';
import { has, toChannelPermissions } from './member-permissions.ts';
import type { WorldChannel } from './world-records.ts';

/** Whom a message notifies. */
export interface Mentions {
  readonly users: readonly APIUser[];
  readonly roleIds: readonly string[];
  readonly everyone: boolean;
}

interface MentionSource {
  readonly channel: WorldChannel;
  readonly authorId: string;
  readonly text: string;
  /** `allowed_mentions` of the body; without it everything in the text counts. */
  readonly allowed: unknown;
  /** Who wrote the message that this one replies to. */
  readonly repliedUserId?: string;
}

function findIds(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
}

function isAllowed(allowed: JsonObject | undefined, kind: 'users' | 'roles', id: string): boolean {
  if (allowed === undefined) return true;
  return toStrings(allowed['parse']).includes(kind) || toStrings(allowed[kind]).includes(id);
}

/** Who is notified: what the text names, as far as `allowed_mentions` and the author's permissions let it. */
export function toMentions(world: DiscordWorld, source: MentionSource): Mentions {
  const { channel, text, repliedUserId } = source;
  const allowed = isObject(source.allowed) ? source.allowed : undefined;
  const permissions = toChannelPermissions(world, channel, source.authorId);
  const mayMentionAll = has(permissions, Permission.MentionEveryone);
  const guild = world.guilds.get(channel.guildId ?? '');
  const userIds = findIds(text, /<@!?(\d{17,19})>/g).filter((id) => isAllowed(allowed, 'users', id));
  const pingsAuthor = allowed === undefined || toFlag(allowed['replied_user']);
  const allIds = repliedUserId !== undefined && pingsAuthor ? [...new Set([repliedUserId, ...userIds])] : userIds;
  const roleIds = findIds(text, /<@&(\d{17,19})>/g).filter((id) => {
    const role = guild?.roles.get(id);
    return role !== undefined && (role.mentionable || mayMentionAll) && isAllowed(allowed, 'roles', id);
  });
  const parsesEveryone = allowed === undefined || toStrings(allowed['parse']).includes('everyone');
  return {
    users: allIds.flatMap((id) => world.users.get(id) ?? []),
    roleIds,
    everyone: /@(everyone|here)\b/.test(text) && parsesEveryone && mayMentionAll,
  };
}
