import { z } from 'zod';
import type { CommandPlaceMemory } from '../discord/core/command-registration.ts';
import type { Store } from '../storage/contract.ts';

const KEY = 'commands';

/** Remembers in the store where the commands are registered. */
export function openCommandPlaces(store: Pick<Store, 'collection'>): CommandPlaceMemory {
  const places = store.collection('command-places', z.object({ place: z.enum(['everywhere', 'servers']) }));
  return {
    read: async () => (await places.get(KEY))?.place,
    write: (place) => places.set(KEY, { place }),
  };
}
