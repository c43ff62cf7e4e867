import { z } from 'zod';
import type { Collection, Store, Unreadable } from '../../storage/contract.ts';
import { NotificationEvent } from '../notification-events.ts';
import { NOTIFICATION_TTL_MS } from '../planning/plan.ts';

/** A post that stands in the message of a batch. */
const Member = z.object({
  key: z.string(),
  ref: z.string(),
  event: NotificationEvent,
  ruleNumbers: z.array(z.number()),
  mentionRoleIds: z.array(z.string()),
});
export type Member = z.infer<typeof Member>;

/** Posts that become one message. Being a member is stored before the message is sent; a closed batch takes no more. */
const Batch = z.object({
  key: z.string(),
  kind: z.enum(['summary', 'digest']),
  members: z.array(Member),
  /** When it is to be sent: epoch milliseconds. */
  closesAt: z.number(),
  isClosed: z.boolean(),
});
export type Batch = z.infer<typeof Batch>;

/** Discord refuses a channel. Times are epoch milliseconds. */
const Refusal = z.object({
  since: z.number(),
  count: z.number(),
  code: z.number(),
  says: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

/**
 * What posting to a channel has to remember from one post to the next. Written by the worker that holds the head of
 * the channel's queue group.
 */
export const ChannelState = z.object({
  refusal: Refusal.exactOptional(),
  /** Set while posts wait because of a refusal that may pass. */
  isDelayed: z.boolean().exactOptional(),
  /** When rules with a digest last posted one by one, by rule number. */
  singles: z.record(z.string(), z.array(z.number())),
  batches: z.array(Batch),
});
export type ChannelState = z.infer<typeof ChannelState>;

const EMPTY: ChannelState = { singles: {}, batches: [] };

const Loose = z
  .object({ singles: ChannelState.shape.singles.catch({}), batches: z.array(z.unknown()).catch([]) })
  .catch(EMPTY);

/** The batches that can be read: a refusal is found out anew by the next post. */
function toReadableState({ raw }: Unreadable): ChannelState {
  const { singles, batches } = Loose.parse(raw);
  return { singles, batches: batches.flatMap((batch) => Batch.safeParse(batch).data ?? []) };
}

export interface ChannelId {
  readonly guildId: string;
  readonly channelId: string;
}

export class ChannelStates {
  readonly #documents: Collection<ChannelState>;

  constructor(store: Pick<Store, 'collection'>) {
    this.#documents = store.collection('channel-states', ChannelState, {
      ttlMs: NOTIFICATION_TTL_MS,
      repair: toReadableState,
    });
  }

  async get({ guildId, channelId }: ChannelId): Promise<ChannelState> {
    return (await this.#documents.get(`${guildId}:${channelId}`)) ?? EMPTY;
  }

  async set({ guildId, channelId }: ChannelId, state: ChannelState): Promise<void> {
    await this.#documents.set(`${guildId}:${channelId}`, state);
  }
}
