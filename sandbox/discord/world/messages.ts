import type { APIMessage } from 'discord.js';
import { compact } from '../../../src/shared/compact.ts';
import { apiError } from '../api-error.ts';
import { MessageFlag } from '../discord-numbers.ts';
import { type JsonObject, toNumber, toObjects, toText } from '../json.ts';
import type { StoredFile, UploadedFile } from './attachment-store.ts';
import { normalizeComponents, toComponentText } from './components.ts';
import type { DiscordWorld } from './discord-world.ts';
import { toMentions } from './mentions.ts';
import { gatherFiles, MessageMedia } from './message-media.ts';
import type { StoredMessage, WorldChannel } from './world-records.ts';

/** Where a message goes and whom it is from. */
export interface MessageOrigin {
  readonly channel: WorldChannel;
  readonly authorId: string;
  /** Discord's message type. */
  readonly type: number;
  readonly ephemeralFor?: string;
  /** Given where the id is fixed already (a forum post's first message). */
  readonly id?: string;
  /** Fields that come with the interaction or the message replied to. */
  readonly extra?: JsonObject;
  readonly repliedUserId?: string;
}

export interface MessageDraft extends MessageOrigin {
  readonly body: JsonObject;
  readonly uploads: readonly UploadedFile[];
}

/** Flags that a sender may set. */
const SETTABLE = MessageFlag.SuppressEmbeds | MessageFlag.SuppressNotifications | MessageFlag.IsComponentsV2;

const EMPTY_PARTS: JsonObject = {
  content: '',
  embeds: [],
  components: [],
  attachments: [],
  mentions: [],
  mention_roles: [],
  mention_everyone: false,
};

/** Writes a message into the world and announces it. */
export function createMessage(world: DiscordWorld, draft: MessageDraft): StoredMessage {
  if (draft.uploads.length > 0) world.limits.requireUploads(draft.channel.guildId);
  const files = gatherFiles({
    store: world.attachments,
    channelId: draft.channel.id,
    isEphemeral: draft.ephemeralFor !== undefined,
    body: draft.body,
    uploads: draft.uploads,
    existing: [],
  });
  const parts = toParts(world, draft, EMPTY_PARTS, draft.body, files);
  requireContent(parts);
  return store(world, draft, (toNumber(draft.body['flags']) ?? 0) & SETTABLE, parts, files);
}

/** The empty "thinking…" message of a deferred answer. */
export function createLoadingMessage(world: DiscordWorld, origin: MessageOrigin): StoredMessage {
  return store(world, origin, MessageFlag.Loading, EMPTY_PARTS, []);
}

/** What Discord itself writes into a channel, such as that somebody pinned a message. */
export function createSystemMessage(world: DiscordWorld, origin: MessageOrigin): StoredMessage {
  return store(world, origin, 0, EMPTY_PARTS, []);
}

function store(
  world: DiscordWorld,
  origin: MessageOrigin,
  flags: number,
  parts: JsonObject,
  files: readonly StoredFile[],
): StoredMessage {
  const { channel, ephemeralFor } = origin;
  const message = {
    id: origin.id ?? world.ids.next(),
    channel_id: channel.id,
    type: origin.type,
    author: world.users.get(origin.authorId),
    timestamp: new Date(world.clock.now()).toISOString(),
    edited_timestamp: null,
    tts: false,
    pinned: false,
    flags: flags | (ephemeralFor === undefined ? 0 : MessageFlag.Ephemeral),
    ...parts,
    ...(channel.thread === undefined ? {} : { position: channel.thread.totalMessagesSent }),
    ...origin.extra,
  } as unknown as APIMessage;
  const stored = { message, files, ...compact({ ephemeralFor }) };
  world.messages.add(stored);
  return stored;
}

/**
 * Changes what a body names, leaves the rest, and announces it. A message never stops being Components V2 or private,
 * whatever the body's flags say.
 */
export function editMessage(
  world: DiscordWorld,
  stored: StoredMessage,
  body: JsonObject,
  uploads: readonly UploadedFile[],
): StoredMessage {
  const { message } = stored;
  const channel = world.channels.get(message.channel_id);
  if (channel === undefined) throw apiError('unknownChannel');
  if (uploads.length > 0) world.limits.requireUploads(channel.guildId);
  const files = gatherFiles({
    store: world.attachments,
    channelId: channel.id,
    isEphemeral: stored.ephemeralFor !== undefined,
    body,
    uploads,
    existing: stored.files,
  });
  const flags = toEditedFlags(message.flags ?? 0, body['flags']);
  const parts = toParts(world, { channel, authorId: message.author.id }, { ...message }, body, files);
  requireContent(parts);
  const isFirstFilling = ((message.flags ?? 0) & MessageFlag.Loading) !== 0;
  const editedAt = isFirstFilling ? null : new Date(world.clock.now()).toISOString();
  const edited = { ...message, ...parts, flags, edited_timestamp: editedAt } as unknown as APIMessage;
  const updated = { ...stored, message: edited, files };
  world.messages.update(updated);
  return updated;
}

function toEditedFlags(before: number, wanted: unknown): number {
  const asked = toNumber(wanted);
  const kept = before & ~MessageFlag.Loading;
  if (asked === undefined) return kept;
  const suppressed = (kept & ~MessageFlag.SuppressEmbeds) | (asked & MessageFlag.SuppressEmbeds);
  return suppressed | (asked & MessageFlag.IsComponentsV2);
}

function requireContent(parts: JsonObject): void {
  const lists = [parts['embeds'], parts['components'], parts['attachments']];
  if (parts['content'] !== '' || lists.some((list) => Array.isArray(list) && list.length > 0)) return;
  throw apiError('emptyMessage');
}

/** The fields that a body decides; what it leaves out stays as it was. */
function toParts(
  world: DiscordWorld,
  origin: Pick<MessageOrigin, 'channel' | 'authorId' | 'repliedUserId'>,
  before: JsonObject,
  body: JsonObject,
  files: readonly StoredFile[],
): JsonObject {
  const media = new MessageMedia(files, world.ids);
  const now = { ...before, ...body };
  const content = (toText(now['content']) ?? '').trim();
  const embeds = toObjects(now['embeds']).map((embed) => media.toEmbed(embed));
  const components = normalizeComponents(now['components'], (url) => media.toUnfurled(url));
  const isTextNew = before === EMPTY_PARTS || body['content'] !== undefined || body['components'] !== undefined;
  const text = `${content}\n${toComponentText(components)}`;
  if (isTextNew) world.autoMod.requireAllowed(origin.channel.guildId, text, 'message');
  return {
    content,
    embeds,
    components,
    attachments: media.unshown.map((file) => file.attachment),
    ...(isTextNew ? toMentionFields(world, origin, text, body['allowed_mentions']) : {}),
  };
}

function toMentionFields(
  world: DiscordWorld,
  origin: Pick<MessageOrigin, 'channel' | 'authorId' | 'repliedUserId'>,
  text: string,
  allowed: unknown,
): JsonObject {
  const mentions = toMentions(world, { ...origin, text, allowed });
  return { mentions: mentions.users, mention_roles: mentions.roleIds, mention_everyone: mentions.everyone };
}
