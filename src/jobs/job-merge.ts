import { isDeepStrictEqual } from 'node:util';
import type { ApiJob, RunningJob } from '../backends/api-job.ts';
import { compact } from '../shared/compact.ts';
import { isFinal, isFinalStatus, type Job } from './job.ts';

/** Fields that change without anything to see: they do not count as a change. */
const UNSEEN = { observedAt: 0, changedAt: 0, updatedAt: 0, attachments: [] } as const;

/** Results that an ended job keeps although a later record, as one without `response`, is without them. */
const RESULTS = ['attachments', 'buttons', 'imageUx', 'videoUx', 'embeds'] as const;

/**
 * What is known of a job after `record`: a record of a final job never makes it run again, and fields and children that
 * a record leaves out are kept from before, of a final job all results. A record takes back that the job was gone, one
 * with a change that contact was lost.
 */
export function mergeJob(before: Job | undefined, record: ApiJob, ref: string, now: number): Job {
  const known = before?.goneAt === undefined ? before : withoutGone(before);
  if (known !== undefined && isFinal(known) && !isFinalStatus(record.status)) return { ...known, observedAt: now };
  const status = known !== undefined && isFinal(known) ? known.status : record.status;
  const merged: Job = {
    ...known,
    ...withoutGaps(record, known),
    ref,
    status,
    isRead: true,
    ...compact({ jobType: record.jobType ?? known?.jobType ?? guessJobType(record) }),
    firstSeenAt: known?.firstSeenAt ?? now,
    observedAt: now,
    // A change that is still to come was noted before the clock was set back.
    changedAt: Math.min(known?.changedAt ?? now, now),
    ...(isFinalStatus(status) && { finalAt: known?.finalAt ?? now }),
  };
  const isSame = before !== undefined && looksTheSame(before, merged);
  return isSame ? merged : { ...withoutLostContact(merged), changedAt: now };
}

function withoutGone({ goneAt: _, ...job }: Job): Job {
  return job;
}

function withoutLostContact({ lostContactAt: _, ...job }: Job): Job {
  return job;
}

/** A job of which only a line in a list is known. */
export function toListedJob(running: RunningJob, ref: string, now: number): Job {
  return {
    ref,
    jobid: running.jobid,
    board: running.board,
    status: 'created',
    ...(running.jobType !== undefined && { jobType: running.jobType }),
    ...(running.createdAt !== undefined && { createdAt: running.createdAt }),
    ...(running.apiChannel !== undefined && { apiChannel: running.apiChannel }),
    attachments: [],
    buttons: [],
    imageUx: [],
    videoUx: [],
    children: [],
    embeds: [],
    firstSeenAt: now,
    observedAt: now,
    changedAt: now,
    isRead: false,
  };
}

/** Verbs whose jobs end in words. */
const WITHOUT_PICTURE: ReadonlySet<string> = new Set([
  ...['describe', 'info', 'relax', 'fast', 'turbo', 'variability', 'remix', 'seed', 'seed_async'],
]);

/**
 * v2 does not say what kind of result a job has: videos are asked for in the prompt, by a button, or
 * seen in the record.
 */
function guessJobType({ prompt = '', button = '', verb = '', videoUx }: ApiJob): Job['jobType'] {
  if (WITHOUT_PICTURE.has(verb)) return undefined;
  return videoUx.length > 0 || /\s--video\b/.test(prompt) || /^(Animate|Extend)\b/.test(button) ? 'video' : 'image';
}

function withoutGaps(record: ApiJob, known: Job | undefined): ApiJob {
  if (known === undefined) return record;
  const kept = isFinal(known) ? (['children', ...RESULTS] as const) : (['children'] as const);
  const gaps = kept.filter((field) => record[field].length === 0);
  return { ...record, ...Object.fromEntries(gaps.map((field) => [field, known[field]])) };
}

function looksTheSame(before: Job, after: Job): boolean {
  return isDeepStrictEqual({ ...before, ...UNSEEN }, { ...after, ...UNSEEN });
}
