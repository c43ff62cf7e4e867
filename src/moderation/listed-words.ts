import type { GuildSettings } from './guild-settings.ts';
import { findListedWord } from './word-list.ts';

/** `word` is as it was typed into the list. */
export type WordCheck =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'refuse'; readonly word: string }
  | { readonly outcome: 'review'; readonly word: string };

/** Whether a server lets a prompt pass; from memory, for servers whose settings are loaded. */
export class Words {
  readonly #settings: GuildSettings;

  constructor(settings: GuildSettings) {
    this.#settings = settings;
  }

  check(guildId: string, prompt: string): WordCheck {
    const found = findListedWord(this.#settings.get(guildId).words, prompt);
    if (found === undefined) return { outcome: 'ok' };
    return { outcome: found.then, word: found.word };
  }
}
