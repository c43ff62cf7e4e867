import type { Caller } from '../core/caller.ts';
import type { AccountDraft } from './account-form.ts';

const MAX_DRAFTS = 1_000;

/** What members typed into the form of an account that was not kept, but its secret: so that they type it once. */
export class AccountDrafts {
  readonly #drafts = new Map<string, AccountDraft>();

  get(caller: Caller): AccountDraft | undefined {
    return this.#drafts.get(toKey(caller));
  }

  set(caller: Caller, { kind, url, model }: AccountDraft): void {
    const key = toKey(caller);
    this.#drafts.delete(key);
    this.#drafts.set(key, { kind, url, model });
    const [oldest] = this.#drafts.keys();
    if (this.#drafts.size > MAX_DRAFTS && oldest !== undefined) this.#drafts.delete(oldest);
  }

  delete(caller: Caller): void {
    this.#drafts.delete(toKey(caller));
  }
}

function toKey({ guildId, userId }: Caller): string {
  return `${guildId} ${userId}`;
}
