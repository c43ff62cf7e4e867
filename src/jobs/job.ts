import { z } from 'zod';
import { withRenamedField } from '../shared/renamed-field.ts';

const Attachment = z.object({
  id: z.string().exactOptional(),
  url: z.string(),
  proxyUrl: z.string().exactOptional(),
  filename: z.string().exactOptional(),
  contentType: z.string().exactOptional(),
  size: z.number().exactOptional(),
  width: z.number().exactOptional(),
  height: z.number().exactOptional(),
});
const Upscale = z.object({ id: z.number(), url: z.string() });
const Child = z.object({
  jobid: z.string().exactOptional(),
  button: z.string().exactOptional(),
  messageId: z.string().exactOptional(),
});
const Embed = z.object({
  title: z.string().exactOptional(),
  description: z.string().exactOptional(),
  imageUrl: z.string().exactOptional(),
  imageProxyUrl: z.string().exactOptional(),
});
const Seed = z.object({
  value: z.number().exactOptional(),
  content: z.string().exactOptional(),
  attachments: z.array(Attachment).readonly(),
});

const StoredJob = z.object({
  /** Our own short id: eight letters and digits. */
  ref: z.string(),
  jobid: z.string(),
  /** Which list names the job while it runs. */
  board: z.string(),
  /** As the API spells it. */
  status: z.string(),
  verb: z.string().exactOptional(),
  jobType: z.enum(['image', 'video']).exactOptional(),
  createdAt: z.number().exactOptional(),
  updatedAt: z.number().exactOptional(),
  prompt: z.string().exactOptional(),
  button: z.string().exactOptional(),
  parentJobid: z.string().exactOptional(),
  apiChannel: z.string().exactOptional(),
  content: z.string().exactOptional(),
  progressPercent: z.number().exactOptional(),
  error: z.string().exactOptional(),
  errorDetails: z.string().exactOptional(),
  bodyCode: z.number().exactOptional(),
  messageId: z.string().exactOptional(),
  replyRef: z.string().exactOptional(),
  attachments: z.array(Attachment).readonly(),
  buttons: z.array(z.string()).readonly(),
  imageUx: z.array(Upscale).readonly(),
  videoUx: z.array(Upscale).readonly(),
  children: z.array(Child).readonly(),
  embeds: z.array(Embed).readonly(),
  seed: Seed.exactOptional(),
  blendUrls: z.array(z.string()).readonly().exactOptional(),
  blendDimensions: z.string().exactOptional(),
  describeUrl: z.string().exactOptional(),
  maxJobs: z.number().exactOptional(),
  /** When we first heard of the job. */
  firstSeenAt: z.number(),
  /** When we last heard of it. */
  observedAt: z.number(),
  /** When we first saw it final. */
  finalAt: z.number().exactOptional(),
  /** When it was reported that it runs. */
  startToldAt: z.number().exactOptional(),
  /** When it was found to have expired or to be unknown to the API; cleared by a record that comes after all. */
  goneAt: z.number().exactOptional(),
  /** When it had not changed for too long; cleared when it changes again. */
  lostContactAt: z.number().exactOptional(),
  /** When anything that people see of it last changed. */
  changedAt: z.number(),
  /** Whether the whole record was read, or only its line in a list. */
  isRead: z.boolean(),
  /** The servers that may use its account, as it is configured now; all without it. */
  accountGuildIds: z.array(z.string()).readonly().exactOptional(),
  /** The key of its account, as it is configured now; none where that is gone. */
  account: z.string().exactOptional(),
  /** Set in copies alone, for a server with several accounts: what its account is called. */
  accountName: z.string().exactOptional(),
  /** Set where its backend cannot cancel a job. */
  isUncancellable: z.literal(true).exactOptional(),
  /** Set where its backend presses no buttons, or none with a prompt. */
  presses: z.enum(['none', 'plain']).exactOptional(),
  /** The server from which it was submitted; none for jobs started outside Discord. */
  originGuildId: z.string().exactOptional(),
  /** Who submitted it from Discord. */
  requestedBy: z.string().exactOptional(),
  /** Set in copies alone that hide all else (see `concealJob`): nothing like it is stored. */
  concealed: z.enum(['running', 'awaiting', 'refused', 'ended']).exactOptional(),
  /**
   * Set in copies alone, while a submission that has no answer yet may have made it: nothing of it is stored or
   * notified.
   */
  isUndecided: z.literal(true).exactOptional(),
});

/** What we know of a job, as stored. Times are epoch milliseconds. Version 0.2 called its board `version`. */
export const Job = withRenamedField(StoredJob, 'version', 'board');
export type Job = z.infer<typeof Job>;

/** Statuses that never change again; each is an event that people may be notified of. */
export const FINAL_STATUSES = ['completed', 'moderated', 'failed', 'cancelled'] as const;
const finalStatuses: ReadonlySet<string> = new Set(FINAL_STATUSES);

/** Whether a job with this status never runs again; an unknown status counts as running. */
export function isFinalStatus(status: string): boolean {
  return finalStatuses.has(status);
}

export function isFinal(job: Job): boolean {
  return isFinalStatus(job.status);
}

/** Whether nothing new can come: final, or gone from the API. */
export function isOver(job: Job): boolean {
  return isFinal(job) || job.goneAt !== undefined;
}

/**
 * When it ended or was gone, as we saw it, or as the API says of one that had ended when we met it; none while it runs.
 */
export function endOf({ finalAt, goneAt, firstSeenAt, updatedAt }: EndTimes): number | undefined {
  if (finalAt === undefined) return goneAt;
  return finalAt === firstSeenAt ? Math.min(finalAt, (updatedAt ?? finalAt) + API_CLOCK_LAG_MS) : finalAt;
}

/** How far the API's clock may be behind ours. */
const API_CLOCK_LAG_MS = 60_000;

type EndTimes = Partial<Pick<Job, 'finalAt' | 'goneAt' | 'firstSeenAt' | 'updatedAt'>>;

/** Whether it still counts as running and has not changed for too long. */
export function isLost(job: Job): boolean {
  return job.lostContactAt !== undefined && !isOver(job);
}

/**
 * Whether a server may know of this job: jobs started outside Discord belong to all that may use their account, others
 * to their server, undecided ones to none.
 */
export function isVisibleTo({ originGuildId, accountGuildIds, isUndecided }: Owned, guildId: string): boolean {
  if (isUndecided === true || accountGuildIds?.includes(guildId) === false) return false;
  return originGuildId === undefined || originGuildId === guildId;
}

interface Owned {
  readonly originGuildId?: string | undefined;
  readonly accountGuildIds?: readonly string[] | undefined;
  readonly isUndecided?: true;
}
