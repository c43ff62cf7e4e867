import { z } from 'zod';

const Attachment = z.object({
  id: z.string().optional(),
  url: z.string(),
  filename: z.string().optional(),
  contentType: z.string().optional(),
  size: z.number().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
});
const Upscale = z.object({ id: z.number(), url: z.string() });
const Child = z.object({
  jobid: z.string().optional(),
  button: z.string().optional(),
  messageId: z.string().optional(),
});
const Embed = z.object({
  title: z.string().optional(),
  description: z.string().optional(),
  imageUrl: z.string().optional(),
});
const Seed = z.object({
  value: z.number().optional(),
  content: z.string().optional(),
  attachments: z.array(Attachment),
});

/** What we know of a job, as stored. Times are epoch milliseconds. */
export const Job = z.object({
  /** Our own short id: eight letters and digits. */
  ref: z.string(),
  jobid: z.string(),
  version: z.enum(['v2', 'v3']),
  /** As the API spells it. */
  status: z.string(),
  verb: z.string().optional(),
  jobType: z.enum(['image', 'video']).optional(),
  createdAt: z.number().optional(),
  updatedAt: z.number().optional(),
  prompt: z.string().optional(),
  button: z.string().optional(),
  parentJobid: z.string().optional(),
  apiChannel: z.string().optional(),
  content: z.string().optional(),
  progressPercent: z.number().optional(),
  error: z.string().optional(),
  errorDetails: z.string().optional(),
  bodyCode: z.number().optional(),
  messageId: z.string().optional(),
  replyRef: z.string().optional(),
  attachments: z.array(Attachment),
  buttons: z.array(z.string()),
  imageUx: z.array(Upscale),
  videoUx: z.array(Upscale),
  children: z.array(Child),
  embeds: z.array(Embed),
  seed: Seed.optional(),
  /** When we first heard of the job. */
  firstSeenAt: z.number(),
  /** When we last heard of it. */
  observedAt: z.number(),
  /** When we first saw it final. */
  finalAt: z.number().optional(),
  /** Whether the whole record was read, or only its line in a list. */
  isRead: z.boolean(),
  /** The server from which it was submitted; none for jobs started outside Discord. */
  originGuildId: z.string().optional(),
  /** Who submitted it from Discord. */
  requestedBy: z.string().optional(),
});
export type Job = z.infer<typeof Job>;

const FINAL_STATUSES = new Set(['completed', 'moderated', 'failed', 'cancelled']);

/** Whether a job with this status never runs again; an unknown status counts as running. */
export function isFinalStatus(status: string): boolean {
  return FINAL_STATUSES.has(status);
}

export function isFinal(job: Job): boolean {
  return isFinalStatus(job.status);
}
