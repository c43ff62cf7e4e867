import type { APIMessage, APIRole, APIUser } from 'discord.js';
import type { PartialEmoji } from '../emoji.ts';
import type { JsonObject } from '../json.ts';
import type { StoredFile } from './attachment-store.ts';
import type { InteractionRecord } from './interaction-record.ts';

export interface WorldMember {
  readonly userId: string;
  readonly nick: string | null;
  readonly roleIds: readonly string[];
  readonly joinedAt: number;
}

export interface WorldGuild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** The language of the server's own texts. */
  readonly locale: string;
  /** How far it is boosted: 0 to 3. */
  readonly premiumTier: number;
  readonly systemChannelId?: string;
  readonly roles: Map<string, APIRole>;
  readonly members: Map<string, WorldMember>;
}

export interface Overwrite {
  readonly id: string;
  readonly kind: 'role' | 'member';
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface ThreadMember {
  readonly userId: string;
  readonly joinedAt: number;
}

export interface ThreadState {
  readonly ownerId: string;
  readonly archived: boolean;
  readonly locked: boolean;
  /** Minutes. */
  readonly autoArchiveDuration: number;
  readonly createdAt: number;
  /** When it was opened, archived or woken, or its auto-archive time was changed. */
  readonly archivedAt: number;
  /** When something last happened that keeps it open. */
  readonly activeAt: number;
  readonly messageCount: number;
  readonly totalMessagesSent: number;
  readonly appliedTags: readonly string[];
  readonly members: readonly ThreadMember[];
}

export interface ForumTag {
  readonly id: string;
  readonly name: string;
  /** Whether only moderators of threads may use it. */
  readonly moderated: boolean;
}

/** A channel, thread, forum post or direct message. */
export interface WorldChannel {
  readonly id: string;
  readonly type: number;
  readonly name: string;
  readonly position: number;
  readonly topic: string | null;
  readonly overwrites: readonly Overwrite[];
  readonly guildId?: string;
  readonly parentId?: string;
  readonly thread?: ThreadState;
  /** Of a forum: the tags that its posts can carry. */
  readonly tags?: readonly ForumTag[];
  /** Of a forum: whether each post needs a tag. */
  readonly requiresTag?: boolean;
  /** Who talks with the bot here, where this is a direct message. */
  readonly recipientId?: string;
  readonly lastMessageId?: string;
  /** When the latest pin was set. */
  readonly lastPinAt?: number;
}

/** A message with what Discord keeps beside it. */
export interface StoredMessage {
  readonly message: APIMessage;
  /** All files it carries, those shown by components included. */
  readonly files: readonly StoredFile[];
  /** The one person who sees it; none for a message that everyone sees. */
  readonly ephemeralFor?: string;
  readonly reactions?: readonly Reaction[];
  /** When it was pinned, where it is. */
  readonly pinnedAt?: number;
}

/** An emoji under a message, and who put it there. */
export interface Reaction {
  readonly emoji: PartialEmoji;
  readonly userIds: readonly string[];
}

export type ReactionChange =
  | {
      readonly kind: 'reaction-added' | 'reaction-removed';
      readonly stored: StoredMessage;
      readonly emoji: PartialEmoji;
      readonly userId: string;
    }
  /** Without an emoji all of them are gone. */
  | { readonly kind: 'reactions-cleared'; readonly stored: StoredMessage; readonly emoji?: PartialEmoji };

/** Something that changed where people or the bot can see it. */
export type WorldChange =
  | { readonly kind: 'message-created' | 'message-updated'; readonly stored: StoredMessage }
  | { readonly kind: 'message-deleted'; readonly stored: StoredMessage }
  | {
      readonly kind: 'messages-deleted';
      readonly channel: WorldChannel;
      readonly messages: readonly StoredMessage[];
    }
  | ReactionChange
  | { readonly kind: 'pins-updated' | 'webhooks-updated'; readonly channel: WorldChannel }
  | { readonly kind: 'channel-created' | 'channel-updated' | 'channel-deleted'; readonly channel: WorldChannel }
  | { readonly kind: 'guild-updated'; readonly guild: WorldGuild }
  | {
      readonly kind: 'role-created' | 'role-updated' | 'role-deleted';
      readonly guildId: string;
      readonly role: APIRole;
    }
  | { readonly kind: 'member-updated'; readonly guildId: string; readonly member: WorldMember }
  | { readonly kind: 'member-joined' | 'member-left'; readonly guildId: string; readonly member: WorldMember }
  | {
      readonly kind: 'thread-member-joined' | 'thread-member-left';
      readonly channel: WorldChannel;
      readonly userId: string;
    }
  | { readonly kind: 'typing'; readonly channelId: string; readonly userId: string }
  | { readonly kind: 'commands-updated'; readonly guildId?: string }
  | { readonly kind: 'interaction-sent'; readonly record: InteractionRecord; readonly payload: JsonObject }
  | { readonly kind: 'interaction-updated'; readonly record: InteractionRecord }
  | { readonly kind: 'bot-presence'; readonly sessions: number };

export type User = APIUser;
