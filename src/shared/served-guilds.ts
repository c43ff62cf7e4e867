import { Listeners } from './listeners.ts';

/** The servers that this process serves now; they come and go while it runs. */
export class ServedGuilds {
  readonly #ids: Set<string>;
  readonly #joined = new Listeners<[guildId: string], void>();
  /** Calls the listener with each server from when it is served on. */
  readonly onJoined = this.#joined.on;

  constructor(ids: Iterable<string> = []) {
    this.#ids = new Set(ids);
  }

  has(guildId: string): boolean {
    return this.#ids.has(guildId);
  }

  ids(): readonly string[] {
    return [...this.#ids];
  }

  add(guildId: string): void {
    if (this.#ids.has(guildId)) return;
    this.#ids.add(guildId);
    this.#joined.emit(guildId);
  }

  delete(guildId: string): void {
    this.#ids.delete(guildId);
  }
}
