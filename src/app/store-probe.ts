import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import type { Store } from '../storage/contract.ts';

const LIVES_MS = 24 * 60 * 60_000;

/** What it returns writes something into the store. */
export function openStoreProbe(store: Pick<Store, 'collection'>, clock: Clock): () => Promise<void> {
  const documents = store.collection('health', z.object({ at: z.number() }), { ttlMs: LIVES_MS });
  return () => documents.set('probe', { at: clock.now() });
}
