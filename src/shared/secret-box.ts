import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** A key of 32 bytes, and its name, which stands beside what it encrypts. */
export interface SecretKey {
  readonly id: string;
  /** Shows nothing of itself, wherever it is printed. */
  readonly key: KeyObject;
}

/** An encrypted text: AES-256-GCM, all fields but the key's id in base64. */
export const Sealed = z.object({ keyId: z.string(), nonce: z.string(), text: z.string(), tag: z.string() });
export type Sealed = z.infer<typeof Sealed>;

/** `no-key`: its key is not among ours; `damaged`: it was changed, cut, or sealed for another owner. */
export type Opened = { readonly outcome: 'opened'; readonly text: string } | { readonly outcome: 'no-key' | 'damaged' };

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ENTRY = /^([a-zA-Z0-9_-]{1,20}):([A-Za-z0-9+/_-]{43}=?)$/;

/** Reads `id:base64-of-32-bytes`, several between commas; undefined where one is none, or an id stands twice. */
export function parseSecretKeys(text: string): SecretKey[] | undefined {
  const keys: SecretKey[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [, id = '', base64 = ''] = ENTRY.exec(entry) ?? [];
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length !== KEY_BYTES || keys.some((known) => known.id === id)) return undefined;
    keys.push(toSecretKey(id, bytes));
  }
  return keys;
}

export function toSecretKey(id: string, bytes: Buffer): SecretKey {
  return { id, key: createSecretKey(bytes) };
}

/** Encrypts texts for one owner each, and decrypts them for that owner alone. */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  /** Of the key that encrypts. */
  readonly keyId: string;
  readonly #first: SecretKey;

  /** @param keys The first one encrypts, all decrypt. */
  constructor(keys: readonly [SecretKey, ...SecretKey[]]) {
    [this.#first] = keys;
    this.keyId = this.#first.id;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** @param owner Whose it is: it is opened with the same words alone, wherever it is kept. */
  seal(text: string, owner: readonly string[]): Sealed {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#first.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(toAssociatedData(this.keyId, owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return {
      keyId: this.keyId,
      nonce: nonce.toString('base64'),
      text: sealed.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
    };
  }

  open(sealed: Sealed, owner: readonly string[]): Opened {
    const key = this.#keys.get(sealed.keyId);
    if (key === undefined) return { outcome: 'no-key' };
    const [nonce, text, tag] = [sealed.nonce, sealed.text, sealed.tag].map((part) => Buffer.from(part, 'base64'));
    if (nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES || text === undefined) return { outcome: 'damaged' };
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(toAssociatedData(sealed.keyId, owner));
    decipher.setAuthTag(tag);
    try {
      return { outcome: 'opened', text: Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8') };
    } catch {
      return { outcome: 'damaged' };
    }
  }
}

/** As JSON, so that no two owners look alike. */
function toAssociatedData(keyId: string, owner: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([keyId, ...owner]), 'utf8');
}
