import { apiError } from '../api-error.ts';

const MAX_ACTIVE_THREADS = 1_000;

/** What Discord lets a server do: file uploads can be switched off, and so many threads may be open at once. */
export class GuildLimits {
  readonly #withoutUploads = new Set<string>();
  readonly #maxThreads = new Map<string, number>();

  /** Whether the server may be sent files (400001). */
  setUploads(guildId: string, isOn: boolean): void {
    if (isOn) this.#withoutUploads.delete(guildId);
    else this.#withoutUploads.add(guildId);
  }

  /** How many threads may be open in the server (160006). */
  setMaxActiveThreads(guildId: string, count = MAX_ACTIVE_THREADS): void {
    this.#maxThreads.set(guildId, count);
  }

  requireUploads(guildId: string | undefined): void {
    if (this.#withoutUploads.has(guildId ?? '')) throw apiError('uploadsLimited');
  }

  requireRoomForThread(guildId: string | undefined, openCount: number): void {
    if (openCount >= (this.#maxThreads.get(guildId ?? '') ?? MAX_ACTIVE_THREADS)) throw apiError('tooManyThreads');
  }
}
