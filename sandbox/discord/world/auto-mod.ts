import { apiError } from '../api-error.ts';

/** Words that the servers' AutoMod blocks, whoever writes them: as whole words, without regard to case. */
export class AutoMod {
  readonly #words = new Map<string, readonly string[]>();

  /** Takes the place of what was blocked before. */
  block(guildId: string, words: readonly string[]): void {
    this.#words.set(guildId, words);
  }

  wordsOf(guildId: string): readonly string[] {
    return this.#words.get(guildId) ?? [];
  }

  /** @throws DiscordApiError where the text of a message, or the title of a forum post, holds a blocked word. */
  requireAllowed(guildId: string | undefined, text: string, place: 'message' | 'title'): void {
    const written = new Set(text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
    const isBlocked = this.wordsOf(guildId ?? '').some((word) => written.has(word.toLowerCase()));
    if (isBlocked) throw apiError(place === 'title' ? 'blockedTitle' : 'blockedMessage');
  }
}
