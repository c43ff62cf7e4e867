import type { PlanId } from '../planning/plan.ts';

/** People who were promised to be mentioned at the end of a job, in a channel that takes nothing of it any more. */
export interface MissedMention extends PlanId {
  readonly channelId: string;
  readonly userIds: readonly string[];
}

/** Resolves when it is on disk that they are to be notified in another way; idempotent. */
export type MissedMentionListener = (missed: MissedMention) => Promise<void>;
