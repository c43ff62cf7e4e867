import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../../src/shared/clock.ts';
import { isObject } from '../json.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 60 * 60_000;
const DEFAULT_LIVES_MS = 24 * HOUR_MS;
const PATH = /^https?:\/\/[^/]+(\/(?:ephemeral-)?attachments\/\d+\/\d+\/[^/?#]+)(?:\?[^#]*)?$/;
const ADDRESS_FIELDS: readonly string[] = ['url', 'proxy_url', 'icon_url', 'proxy_icon_url'];
const BUTTON = 2;

interface Signed {
  readonly issuedAt: number;
  readonly value: unknown;
}

/**
 * The addresses of uploaded files. As at Discord they are signed and good for a day, and everything that is read has
 * fresh ones; the proxy's have a host of their own.
 */
export class AttachmentAddresses {
  readonly #clock: Clock;
  readonly #livesMs: number;
  readonly #secret = randomBytes(32);
  readonly #cache = new WeakMap<object, Signed>();
  #url = 'http://127.0.0.1';
  #proxyUrl = 'http://localhost';

  /** @param livesMs Milliseconds for which a signed address is good. */
  constructor(clock: Clock, livesMs = DEFAULT_LIVES_MS) {
    this.#clock = clock;
    this.#livesMs = livesMs;
  }

  /** Where files are served. */
  setPort(port: number): void {
    this.#url = `http://127.0.0.1:${port}`;
    this.#proxyUrl = `http://localhost:${port}`;
  }

  /** Both addresses of a file, not yet signed. */
  toFields(path: string): { readonly url: string; readonly proxy_url: string } {
    return { url: `${this.#url}${path}`, proxy_url: `${this.#proxyUrl}${path}` };
  }

  /** A copy in which all addresses of files here are signed anew; those of link buttons stay as the bot sent them. */
  sign<T>(value: T): T {
    return this.#sign(value, this.#issuedAt()) as T;
  }

  /** Whether an address was signed here and is still good. */
  isGood(path: string, query: URLSearchParams): boolean {
    const expiresAt = Number.parseInt(query.get('ex') ?? '', 16) * SECOND_MS;
    const issuedAt = Number.parseInt(query.get('is') ?? '', 16) * SECOND_MS;
    const isSigned = query.get('hm') === this.#toProof(path, issuedAt, expiresAt);
    return isSigned && this.#clock.now() < expiresAt;
  }

  /** Addresses stay the same for a while, as Discord's do: an hour, or a tenth of a shorter life. */
  #issuedAt(): number {
    const step = Math.min(HOUR_MS, Math.max(SECOND_MS, this.#livesMs / 10));
    const at = Math.floor(this.#clock.now() / step) * step;
    return Math.floor(at / SECOND_MS) * SECOND_MS;
  }

  #sign(value: unknown, issuedAt: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#cache.get(value);
    if (known?.issuedAt === issuedAt) return known.value;
    const signed = Array.isArray(value)
      ? value.map((inner) => this.#sign(inner, issuedAt))
      : this.#signFields(value, issuedAt);
    this.#cache.set(value, { issuedAt, value: signed });
    return signed;
  }

  #signFields(value: object, issuedAt: number): object {
    const isButton = isObject(value) && value['type'] === BUTTON && 'style' in value;
    const entries = Object.entries(value).map(([key, inner]) => {
      const isAddress = typeof inner === 'string' && ADDRESS_FIELDS.includes(key) && !isButton;
      return [key, isAddress ? this.#signAddress(inner, issuedAt) : this.#sign(inner, issuedAt)];
    });
    return Object.fromEntries(entries);
  }

  #signAddress(address: string, issuedAt: number): string {
    const path = PATH.exec(address)?.[1];
    const base = [this.#url, this.#proxyUrl].find((host) => address.startsWith(`${host}/`));
    if (path === undefined || base === undefined) return address;
    const expiresAt = issuedAt + Math.max(SECOND_MS, this.#livesMs);
    const proof = this.#toProof(path, issuedAt, expiresAt);
    return `${base}${path}?ex=${toHex(expiresAt)}&is=${toHex(issuedAt)}&hm=${proof}&`;
  }

  #toProof(path: string, issuedAt: number, expiresAt: number): string {
    const text = `${path}:${toHex(issuedAt)}:${toHex(expiresAt)}`;
    return createHmac('sha256', this.#secret).update(text).digest('hex');
  }
}

/** An address without its signature: what says whether two mean the same file. */
export function withoutSignature(address: string): string {
  return PATH.test(address) ? (address.split('?')[0] ?? address) : address;
}

function toHex(ms: number): string {
  return Math.floor(ms / SECOND_MS).toString(16);
}
