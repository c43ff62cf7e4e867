import { z } from 'zod';
import type { AddOptions, NamedQueue, NewEntry, Queue } from '../../queue/contract.ts';
import { NotificationEvent } from '../notification-events.ts';
import { NOTIFICATION_TTL_MS, PlannedPost } from '../planning/plan.ts';

/** One piece of work of the delivery queue. */
export const DeliveryTask = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('post'), post: PlannedPost }),
  /** Sends a channel's summary or digest, if that has not happened yet. */
  z.object({ kind: z.literal('batch'), guildId: z.string(), channelId: z.string(), batchKey: z.string() }),
  /**
   * Lines up a digest or a summary whose window has ended; stands outside the channel's order, so that
   * it holds nothing up.
   */
  z.object({ kind: z.literal('digest-end'), guildId: z.string(), channelId: z.string(), batchKey: z.string() }),
  /** Brings a live card up to date; `event` is what ended the job, where that is known. */
  z.object({
    kind: z.literal('card'),
    guildId: z.string(),
    channelId: z.string(),
    ref: z.string(),
    addedAt: z.number(),
    event: NotificationEvent.exactOptional(),
  }),
]);
export type DeliveryTask = z.infer<typeof DeliveryTask>;
export type DeliveryQueue = NamedQueue<DeliveryTask, DeliveryTask>;

/** Retried for ever: what Discord can still take is never given up for time alone. */
const PATIENT: AddOptions = {
  keepKeyMs: NOTIFICATION_TTL_MS,
  maxAttempts: Number.POSITIVE_INFINITY,
  backoff: { baseMs: 1_000, maxMs: 60_000, jitter: 0.5 },
};

export function defineDeliveryQueue(queue: Queue): DeliveryQueue {
  return queue.define('deliveries', DeliveryTask);
}

export function toPostEntry(post: PlannedPost): NewEntry<DeliveryTask> {
  const { key, channelId: group, guildId: tenant } = post;
  return { ...PATIENT, key, group, tenant, payload: { kind: 'post', post } };
}

export interface BatchId {
  readonly guildId: string;
  readonly channelId: string;
  readonly batchKey: string;
}

export function toBatchEntry(batch: BatchId): NewEntry<DeliveryTask> {
  const { batchKey: key, channelId: group, guildId: tenant } = batch;
  return { ...PATIENT, key, group, tenant, payload: { kind: 'batch', ...batch } };
}

export function toBatchEndEntry(batch: BatchId, delayMs: number): NewEntry<DeliveryTask> {
  const key = `${batch.batchKey}:end`;
  return { ...PATIENT, key, tenant: batch.guildId, delayMs, payload: { kind: 'digest-end', ...batch } };
}

export type CardTask = Extract<DeliveryTask, { kind: 'card' }>;

/**
 * `occasion` tells changes of one card apart, so that none is lost to one that is being shown;
 * looking twice changes nothing.
 */
export function toCardEntry(card: Omit<CardTask, 'kind'>, occasion: string): NewEntry<DeliveryTask> {
  const group = `card:${card.guildId}:${card.channelId}:${card.ref}`;
  return {
    ...PATIENT,
    keepKeyMs: 0,
    key: `${group}:${card.addedAt}:${occasion}`,
    group,
    tenant: card.guildId,
    payload: { kind: 'card', ...card },
  };
}

export async function enqueue(queue: DeliveryQueue, entry: NewEntry<DeliveryTask>): Promise<void> {
  await queue.addMany([entry]);
}
