import { z } from 'zod';
import type { Collection, Store, Unreadable } from '../../storage/contract.ts';
import { NOTIFICATION_TTL_MS } from '../planning/plan.ts';
import { LEVELS } from './channel-poster.ts';

const Level = z.enum(LEVELS);

/** What Discord said last, where it was not yes. */
const Answer = z.object({ code: z.number(), says: z.string(), at: z.number() });

const Common = {
  /** How often it was tried to send it. */
  tries: z.number(),
  lastAnswer: Answer.exactOptional(),
};

/** Set while it is not taken and that may be its own fault: since when, and how often at this level. */
const Failing = z.object({ since: z.number(), count: z.number() });
export type Failing = z.infer<typeof Failing>;

/** What has become of a post since it was planned. Times are epoch milliseconds. */
export const PostRecord = z.discriminatedUnion('state', [
  /** Surely not posted; `level` is what comes next. */
  z.object({ ...Common, state: z.literal('waiting'), level: Level, failing: Failing.exactOptional() }),
  /** Stored before sending: until an answer is stored, the message may be there. `since` is when it was first sent. */
  z.object({
    ...Common,
    state: z.literal('sending'),
    level: Level,
    since: z.number(),
    nonce: z.string(),
    /** Where it was sent: the channel that is meant may be another one by now. */
    channelId: z.string().exactOptional(),
    failing: Failing.exactOptional(),
    /** Set while Discord does not let the bot look whether it is there. */
    unseen: Failing.exactOptional(),
  }),
  z.object({
    ...Common,
    state: z.literal('posted'),
    level: Level,
    at: z.number(),
    messageId: z.string(),
    channelId: z.string(),
    isSilent: z.boolean(),
    /** Whether it was found in the channel after a doubt. */
    wasFound: z.boolean(),
  }),
  /** Posted by the message of a summary or a digest. */
  z.object({ ...Common, state: z.literal('batched'), kind: z.enum(['summary', 'digest']), batchKey: z.string() }),
  z.object({ ...Common, state: z.literal('dropped'), at: z.number(), why: z.string() }),
]);
export type PostRecord = z.infer<typeof PostRecord>;
export type Posted = Extract<PostRecord, { state: 'posted' }>;
export type Dropped = Extract<PostRecord, { state: 'dropped' }>;
export type Unsettled = Extract<PostRecord, { state: 'waiting' | 'sending' }>;
export type InDoubt = Extract<PostRecord, { state: 'sending' }>;

/** Posts by key; absent is planned. Written by the worker that holds the post's queue entry. */
export function openPostRecords(store: Pick<Store, 'collection'>): Collection<PostRecord> {
  return store.collection('posts', PostRecord, { ttlMs: NOTIFICATION_TTL_MS, repair: toReadableRecord });
}

/** How far back a message is looked for of which nothing can be read. */
const LOOK_BACK_MS = 86_400_000;

/** Without Discord's last answer, or in doubt: the message is looked for in its channel before it may be sent. */
function toReadableRecord({ raw, now }: Unreadable): PostRecord {
  const { lastAnswer: _, ...rest } = Loose.parse(raw);
  const inDoubt = { state: 'sending', level: 'whole', tries: 1, since: now - LOOK_BACK_MS, nonce: '' } as const;
  return PostRecord.safeParse(rest).data ?? inDoubt;
}

const Loose = z.record(z.string(), z.unknown()).catch({});

export const NEW_RECORD: Unsettled = { state: 'waiting', level: 'whole', tries: 0 };

export function isSettled(record: PostRecord): record is Exclude<PostRecord, Unsettled> {
  return record.state !== 'waiting' && record.state !== 'sending';
}
