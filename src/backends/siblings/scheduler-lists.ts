import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import { number, text, time } from './wire-fields.ts';

/** One job that runs, as a list names it. */
export interface ScheduledJob {
  readonly jobid: string;
  /** Epoch milliseconds. */
  readonly createdAt?: number;
  readonly replyRef?: string;
}

/** One account of the service. */
export interface ScheduledAccount {
  readonly account: string;
  readonly maxJobs?: number;
}

/** What a list of running jobs says. */
export interface SchedulerList {
  readonly jobs: readonly ScheduledJob[];
  /** Those that the list names, whether they run anything or not. */
  readonly accounts: readonly ScheduledAccount[];
  /** How many of its items could not be read. */
  readonly skipped: number;
}

/** Each service spells the id in its own way. */
const Item = z.object({
  id: text,
  jobid: text,
  jobId: text,
  job_id: text,
  videoId: text,
  video_id: text,
  imageId: text,
  image_id: text,
  started: time,
  elapsed: text,
  elapsedSeconds: number,
  replyRef: text,
});
const Account = z
  .object({ account: text, email: text, user_id: text, maxJobs: number })
  .transform(({ account, email, user_id: userId, maxJobs }) => ({ account: account ?? email ?? userId, maxJobs }));
const Available = z.object({ executing: z.array(z.unknown()), available: z.array(z.unknown()).catch([]) });
const ByAccount = z.object({ executing: z.union([z.record(z.string(), z.unknown()), z.tuple([])]) });

/**
 * The shape of `scheduler/available`, which most services have:
 * `{executing: [{id | videoId | imageId | video_id, started, elapsed, replyRef}],
 *   available: [{account | email, maxJobs}]}`.
 * @param nowMs Epoch milliseconds.
 */
export function parseAvailable(body: unknown, nowMs: number): SchedulerList | undefined {
  const wire = Available.safeParse(body).data;
  if (wire === undefined) return undefined;
  const jobs = wire.executing.flatMap((item) => toJob(item, nowMs) ?? []);
  return { jobs, accounts: wire.available.flatMap(toAccount), skipped: wire.executing.length - jobs.length };
}

/** The shape `{executing: {<account>: [{jobid, elapsedSeconds}]}, total}`, in which idle accounts are not named. */
export function parseByAccount(body: unknown, nowMs: number): SchedulerList | undefined {
  const wire = ByAccount.safeParse(body).data;
  if (wire === undefined) return undefined;
  const entries = Object.entries(wire.executing);
  const items = entries.flatMap(([, list]) => (Array.isArray(list) ? list : [list]));
  const jobs = items.flatMap((item) => toJob(item, nowMs) ?? []);
  return { jobs, accounts: entries.map(([account]) => ({ account })), skipped: items.length - jobs.length };
}

function toJob(value: unknown, nowMs: number): ScheduledJob | undefined {
  const item = Item.safeParse(value).data;
  if (item === undefined) return undefined;
  const jobid =
    item.jobid ??
    item.jobId ??
    item.job_id ??
    item.imageId ??
    item.image_id ??
    item.videoId ??
    item.video_id ??
    item.id;
  if (jobid === undefined) return undefined;
  const elapsedMs = toElapsedMs(item.elapsed) ?? (item.elapsedSeconds && item.elapsedSeconds * 1000);
  const createdAt = item.started ?? (elapsedMs === undefined ? undefined : nowMs - elapsedMs);
  return compact({ jobid, createdAt, replyRef: item.replyRef });
}

/** `03:57`, or `1:03:57`. */
function toElapsedMs(elapsed = ''): number | undefined {
  if (!/^\d+(:\d{2}){1,2}$/.test(elapsed)) return undefined;
  return elapsed.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) * 1000;
}

function toAccount(value: unknown): ScheduledAccount[] {
  const { account, maxJobs } = Account.safeParse(value).data ?? {};
  return account === undefined ? [] : [compact({ account, maxJobs })];
}
