import { z } from 'zod';
import type { Collection, Store } from '../../storage/contract.ts';
import type { PostedMessage } from '../delivery/channel-poster.ts';
import { NOTIFICATION_TTL_MS } from '../planning/plan.ts';

const CardPlace = z.object({ channelId: z.string(), messageId: z.string() });
type CardPlace = z.infer<typeof CardPlace>;

/** Where in a server the last card of each job is. */
export class CardPlaces {
  readonly #places: Collection<CardPlace>;

  constructor(store: Pick<Store, 'collection'>) {
    this.#places = store.collection('card-places', CardPlace, { ttlMs: NOTIFICATION_TTL_MS });
  }

  async note(guildId: string, ref: string, { channelId, messageId }: PostedMessage): Promise<void> {
    await this.#places.set(toKey(guildId, ref), { channelId, messageId });
  }

  placeOf(guildId: string, ref: string): Promise<PostedMessage | undefined> {
    return this.#places.get(toKey(guildId, ref));
  }

  /** Leads to the card, where there is one. */
  async linkTo(guildId: string, ref: string): Promise<string | undefined> {
    const place = await this.placeOf(guildId, ref);
    return place && `https://discord.com/channels/${guildId}/${place.channelId}/${place.messageId}`;
  }
}

function toKey(guildId: string, ref: string): string {
  return `${guildId}:${ref}`;
}
