import { Listeners } from '../../src/shared/listeners.ts';
import { isObject } from './json.ts';

/** One request that the bot made, or one event that the gateway sent. Tokens are masked; headers are not kept. */
export interface WireEntry {
  readonly kind: 'request' | 'dispatch';
  readonly id: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** For requests: `GET`, `POST`…; for dispatches: the event's name. */
  readonly method: string;
  /** As in Discord's OpenAPI, with the method; for dispatches the event's name. */
  readonly route: string;
  readonly path: string;
  /** 0 where the connection was cut. */
  readonly status: number;
  readonly durationMs: number;
  /** What was sent, without files' bytes. */
  readonly body?: unknown;
  /** What was answered. */
  readonly answer?: unknown;
  readonly files: readonly string[];
}

const MASK = '***';

/** Keeps the last requests and dispatches. */
export class WireLog {
  readonly #entries: WireEntry[] = [];
  readonly #added = new Listeners<[entry: WireEntry], void>();
  readonly subscribe = this.#added.on;
  readonly #maxEntries: number;
  #lastId = 0;

  constructor(maxEntries = 2_000) {
    this.#maxEntries = maxEntries;
  }

  /** Oldest first. */
  list(): readonly WireEntry[] {
    return [...this.#entries];
  }

  /** The requests of a route, oldest first. */
  of(route: string): readonly WireEntry[] {
    return this.#entries.filter((entry) => entry.route === route);
  }

  clear(): void {
    this.#entries.length = 0;
  }

  add(entry: Omit<WireEntry, 'id'>): void {
    this.#lastId += 1;
    const kept = { ...entry, id: this.#lastId, body: maskTokens(entry.body), answer: maskTokens(entry.answer) };
    this.#entries.push(kept);
    if (this.#entries.length > this.#maxEntries) this.#entries.shift();
    this.#added.emit(kept);
  }
}

/** The same value with every `token` in it masked. */
function maskTokens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskTokens);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, key === 'token' ? MASK : maskTokens(inner)]);
  return Object.fromEntries(entries);
}

/** A request's path without the token of its interaction. */
export function maskPath(path: string): string {
  return path.replace(/(\/(?:webhooks|interactions)\/\d+\/)[^/?]+/, `$1${MASK}`);
}
