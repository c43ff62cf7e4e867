import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import type { Collection, Store } from '../../storage/contract.ts';

/** Milliseconds for which what was filled in waits for its confirmation. */
const LIFE_MS = 60 * 60_000;

const PressDraft = z.object({
  guildId: z.string(),
  /** Of the job whose button is meant. */
  ref: z.string(),
  labelHash: z.string(),
  prompt: z.string().exactOptional(),
  /** Base64 PNG. */
  mask: z.string().exactOptional(),
  /** Epoch milliseconds. */
  keptAt: z.number(),
});
type PressDraft = z.infer<typeof PressDraft>;

/** The button for which something was filled in. */
export type DraftButton = Pick<PressDraft, 'guildId' | 'ref' | 'labelHash'>;
/** What was filled in for a press that has to be confirmed. */
export type FilledIn = Pick<PressDraft, 'prompt' | 'mask'>;

/** Prompts and masks that wait for a confirmation, for an hour, also over a restart. */
export class PressDrafts {
  readonly #drafts: Collection<PressDraft>;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#drafts = store.collection('press-drafts', PressDraft, { ttlMs: LIFE_MS });
    this.#clock = clock;
  }

  /** A short id for a custom id; empty where nothing was filled in. */
  async keep({ guildId, ref, labelHash }: DraftButton, { prompt, mask }: FilledIn): Promise<string> {
    if (prompt === undefined && mask === undefined) return '';
    const id = randomBytes(6).toString('hex');
    const filledIn = compact({ prompt, mask });
    await this.#drafts.set(id, { guildId, ref, labelHash, ...filledIn, keptAt: this.#clock.now() });
    return id;
  }

  /** None where it is known no more, or was filled in for another button. */
  async find(id: string, { guildId, ref, labelHash }: DraftButton): Promise<FilledIn | undefined> {
    if (id === '') return {};
    const draft = await this.#drafts.get(id);
    if (draft === undefined || this.#clock.now() - draft.keptAt >= LIFE_MS) return undefined;
    const isMeant = draft.guildId === guildId && draft.ref === ref && draft.labelHash === labelHash;
    return isMeant ? draft : undefined;
  }
}
