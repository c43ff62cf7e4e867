import type { APIEmoji } from 'discord.js';
import { apiError } from '../api-error.ts';
import { isUnicodeEmoji, type PartialEmoji, toCustomEmojiId } from '../emoji.ts';
import type { SnowflakeSource } from './snowflake.ts';
import type { User } from './world-records.ts';

/** How many emojis an application may have. */
const MAX_APPLICATION_EMOJIS = 2_000;

/** What the book needs of the world around it. */
export interface EmojiBookHost {
  readonly ids: SnowflakeSource;
  readonly bot: User;
}

/** The emojis that the application has uploaded. */
export class EmojiBook {
  readonly #host: EmojiBookHost;
  readonly #emojis = new Map<string, APIEmoji>();

  constructor(host: EmojiBookHost) {
    this.#host = host;
  }

  list(): readonly APIEmoji[] {
    return [...this.#emojis.values()];
  }

  /** An emoji; 10014 for an unknown one. */
  get(id: string): APIEmoji {
    const emoji = this.#emojis.get(id);
    if (emoji === undefined) throw apiError('unknownEmoji');
    return emoji;
  }

  /** Adds one; 30008 once there are 2,000. */
  add(name: string, animated: boolean): APIEmoji {
    if (this.#emojis.size >= MAX_APPLICATION_EMOJIS) throw apiError('tooManyEmojis');
    const emoji = {
      id: this.#host.ids.next(),
      name,
      animated,
      roles: [],
      user: this.#host.bot,
      require_colons: true,
      managed: false,
      available: true,
    };
    this.#emojis.set(emoji.id, emoji);
    return emoji;
  }

  rename(id: string, name: string): APIEmoji {
    const renamed = { ...this.get(id), name };
    this.#emojis.set(id, renamed);
    return renamed;
  }

  delete(id: string): void {
    if (!this.#emojis.delete(id)) throw apiError('unknownEmoji');
  }

  /** The emoji that a route names: one of Unicode, or `name:id` of the application's; `undefined` for anything else. */
  find(text: string): PartialEmoji | undefined {
    if (isUnicodeEmoji(text)) return { id: null, name: text };
    const known = this.#emojis.get(toCustomEmojiId(text) ?? '');
    if (known === undefined) return undefined;
    return { id: known.id, name: known.name ?? '', animated: known.animated === true };
  }
}
