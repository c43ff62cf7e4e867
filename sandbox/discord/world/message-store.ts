import type { APIMessage } from 'discord.js';
import type { Clock } from '../../../src/shared/clock.ts';
import { compareSnowflakes } from './snowflake.ts';
import type { StoredMessage, WorldChange } from './world-records.ts';

/** Milliseconds for which Discord remembers a nonce. */
const NONCE_LIVES_MS = 5 * 60_000;
const MAX_PER_CHANNEL = 5_000;

/** What the store needs of the world around it. */
export interface MessageStoreHost {
  readonly clock: Clock;
  noteMessage(message: APIMessage): void;
  noteDeletion(message: APIMessage): void;
  noteBulkDeletion(channelId: string, messages: readonly StoredMessage[]): void;
  emit(change: WorldChange): void;
}

interface UsedNonce {
  readonly messageId: string;
  readonly at: number;
}

/** Which messages of a channel are asked for; `limit` is 1 to 100. */
export interface MessagePage {
  readonly limit: number;
  readonly before?: string;
  readonly after?: string;
  readonly around?: string;
}

/** The messages of all channels, oldest first, bounded per channel; emits the changes. */
export class MessageStore {
  readonly #world: MessageStoreHost;
  readonly #nonceLivesMs: number;
  readonly #byId = new Map<string, StoredMessage>();
  readonly #idsOfChannel = new Map<string, Set<string>>();
  readonly #nonces = new Map<string, UsedNonce>();

  /** @param nonceLivesMs Milliseconds for which a nonce is remembered. */
  constructor(world: MessageStoreHost, nonceLivesMs = NONCE_LIVES_MS) {
    this.#world = world;
    this.#nonceLivesMs = nonceLivesMs;
  }

  get(messageId: string): StoredMessage | undefined {
    return this.#byId.get(messageId);
  }

  add(stored: StoredMessage): void {
    const { id, channel_id: channelId } = stored.message;
    this.#byId.set(id, stored);
    const ids = this.#idsOfChannel.get(channelId) ?? new Set();
    this.#idsOfChannel.set(channelId, ids.add(id));
    this.#dropOldest(ids);
    if (stored.ephemeralFor === undefined) this.#world.noteMessage(stored.message);
    this.#world.emit({ kind: 'message-created', stored });
  }

  update(stored: StoredMessage): void {
    if (!this.#byId.has(stored.message.id)) return;
    this.#byId.set(stored.message.id, stored);
    this.#world.emit({ kind: 'message-updated', stored });
  }

  /** Changes a message without the event of an edit: reactions have events of their own. */
  replace(stored: StoredMessage): void {
    if (this.#byId.has(stored.message.id)) this.#byId.set(stored.message.id, stored);
  }

  /** Deletes those of a channel that everyone sees, with one event for all. */
  deleteMany(channelId: string, messageIds: readonly string[]): void {
    const found = messageIds.flatMap((id) => this.#byId.get(id) ?? []);
    const deleted = found.filter(({ message, ephemeralFor }) => {
      return message.channel_id === channelId && ephemeralFor === undefined;
    });
    for (const { message } of deleted) {
      this.#byId.delete(message.id);
      this.#idsOfChannel.get(channelId)?.delete(message.id);
      this.#world.noteDeletion(message);
    }
    this.#world.noteBulkDeletion(channelId, deleted);
  }

  delete(messageId: string): void {
    const stored = this.#byId.get(messageId);
    if (stored === undefined) return;
    this.#byId.delete(messageId);
    this.#idsOfChannel.get(stored.message.channel_id)?.delete(messageId);
    if (stored.ephemeralFor === undefined) this.#world.noteDeletion(stored.message);
    this.#world.emit({ kind: 'message-deleted', stored });
  }

  forgetChannel(channelId: string): void {
    for (const id of this.#idsOfChannel.get(channelId) ?? []) this.#byId.delete(id);
    this.#idsOfChannel.delete(channelId);
  }

  isOlderThan(messageId: string, ms: number): boolean {
    const sent = this.#byId.get(messageId)?.message.timestamp;
    return sent !== undefined && this.#world.clock.now() - Date.parse(sent) > ms;
  }

  /** All of a channel, oldest first, private ones included. */
  list(channelId: string): readonly StoredMessage[] {
    const ids = [...(this.#idsOfChannel.get(channelId) ?? [])];
    return ids.flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** What everyone sees, newest first, as Discord pages it. */
  page(channelId: string, page: MessagePage): readonly APIMessage[] {
    const shown = this.list(channelId).filter((stored) => stored.ephemeralFor === undefined);
    const messages = shown.map((stored) => stored.message).sort((a, b) => compareSnowflakes(a.id, b.id));
    return cutPage(messages, page).reverse();
  }

  /** The message that was first sent with this nonce, while Discord remembers it. */
  findByNonce(channelId: string, nonce: string): StoredMessage | undefined {
    const used = this.#nonces.get(`${channelId}:${nonce}`);
    if (used === undefined || this.#world.clock.now() - used.at >= this.#nonceLivesMs) return undefined;
    return this.#byId.get(used.messageId);
  }

  rememberNonce(channelId: string, nonce: string, messageId: string): void {
    const at = this.#world.clock.now();
    for (const [key, used] of this.#nonces) {
      if (at - used.at < this.#nonceLivesMs) break;
      this.#nonces.delete(key);
    }
    this.#nonces.set(`${channelId}:${nonce}`, { messageId, at });
  }

  #dropOldest(ids: Set<string>): void {
    for (const id of ids) {
      if (ids.size <= MAX_PER_CHANNEL) return;
      ids.delete(id);
      this.#byId.delete(id);
    }
  }
}

function cutPage(messages: readonly APIMessage[], page: MessagePage): APIMessage[] {
  const { limit, before, after, around } = page;
  if (around !== undefined) {
    const middle = messages.findIndex((message) => compareSnowflakes(message.id, around) >= 0);
    const at = middle === -1 ? messages.length : middle;
    const start = Math.max(0, at - Math.floor(limit / 2));
    return messages.slice(start, start + limit);
  }
  if (after !== undefined) {
    return messages.filter((message) => compareSnowflakes(message.id, after) > 0).slice(0, limit);
  }
  const older = before === undefined ? messages : messages.filter(({ id }) => compareSnowflakes(id, before) < 0);
  return older.slice(-limit);
}
