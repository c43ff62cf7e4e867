import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import type { Collection, Store } from '../storage/contract.ts';

const Keys = z.object({
  /** What every address holds; 32 random bytes. */
  token: z.string(),
  /** Signs what names the submission; 32 random bytes. */
  key: z.string(),
  /** When others took their place; epoch milliseconds. */
  retiredAt: z.number().exactOptional(),
});
/** The secrets of addresses that were made at one time; never in a log, an error or a message. */
export type Keys = z.infer<typeof Keys>;

/** The newest first. */
const StoredKeys = z.object({ all: z.array(Keys).min(1).readonly() });
type StoredKeys = z.infer<typeof StoredKeys>;

const DOCUMENT = 'callback-keys';
/** For how long the addresses of jobs that run already are good. */
const RETIRED_LIVES_MS = 24 * 60 * 60_000;
const MOST_KEPT = 8;
/** Another process may have taken new ones. */
const REREAD_MS = 10_000;

/** The secrets in the addresses that backends call: made once, kept in the store, replaced on demand. */
export class CallbackKeys {
  readonly #documents: Collection<StoredKeys>;
  readonly #clock: Clock;
  #read: { readonly at: number; readonly keys: Promise<readonly Keys[]> } | undefined;

  constructor(store: Store, clock: Clock) {
    this.#documents = store.collection(DOCUMENT, StoredKeys);
    this.#clock = clock;
  }

  /** Those that are good now, of which new addresses are made with the first. Reads the store now and then. */
  async valid(): Promise<readonly [Keys, ...Keys[]]> {
    const now = this.#clock.monotonicMs();
    if (this.#read === undefined || now - this.#read.at >= REREAD_MS) this.#read = { at: now, keys: this.#load() };
    const [first, ...others] = await this.#read.keys.catch((thrown: unknown) => {
      this.#read = undefined;
      throw thrown;
    });
    return [first ?? toNewKeys(), ...others.filter((keys) => this.#isGood(keys))];
  }

  /** Takes new ones. What jobs that run already were given is good for a day. */
  async rotate(): Promise<void> {
    const now = this.#clock.now();
    await this.#documents.update(DOCUMENT, (known) => {
      const retired = (known?.all ?? [])
        .filter((keys) => this.#isGood(keys))
        .map((keys) => ({ retiredAt: now, ...keys }));
      return { all: [toNewKeys(), ...retired].slice(0, MOST_KEPT) };
    });
    this.#read = undefined;
  }

  async #load(): Promise<readonly Keys[]> {
    const stored = await this.#documents.update(DOCUMENT, (known) =>
      known === undefined ? { all: [toNewKeys()] } : undefined,
    );
    return stored?.all ?? [];
  }

  /** A time that is still to come is old: the clock was set back since. */
  #isGood({ retiredAt }: Keys): boolean {
    return retiredAt === undefined || Math.abs(this.#clock.now() - retiredAt) < RETIRED_LIVES_MS;
  }
}

function toNewKeys(): Keys {
  return { token: randomBytes(32).toString('base64url'), key: randomBytes(32).toString('base64url') };
}
