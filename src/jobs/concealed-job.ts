import { compact } from '../shared/compact.ts';
import { isFinal, type Job } from './job.ts';
import { toJobEvent } from './job-events.ts';
import { hiddenWords } from './words.ts';

/**
 * `running`: it will be reviewed; `awaiting`: moderators have not decided; `refused`: they decided against it;
 * `ended`: it ended without a result that could be reviewed.
 */
export type Concealment = NonNullable<Job['concealed']>;

/** A copy that holds nothing of what was asked for or made, so that no view of it can show that. Never to be stored. */
export function concealJob(job: Job, concealed: Concealment): Job {
  const {
    ref,
    jobid,
    board,
    status,
    goneAt,
    originGuildId,
    requestedBy,
    firstSeenAt,
    observedAt,
    finalAt,
    changedAt,
    isRead,
  } = job;
  return {
    ref,
    jobid,
    board,
    status,
    firstSeenAt,
    observedAt,
    changedAt,
    isRead,
    concealed,
    attachments: [],
    buttons: [],
    imageUx: [],
    videoUx: [],
    children: [],
    embeds: [],
    // The error that tells a cancel from a failure is left out.
    ...(isFinal(job) && { status: toJobEvent(job) }),
    prompt: hiddenWords[concealed],
    ...compact({ originGuildId, requestedBy, goneAt, finalAt }),
    ...((concealed === 'running' || concealed === 'ended') && toProgress(job)),
  };
}

function toProgress({ verb, createdAt, updatedAt, apiChannel, progressPercent, requestedBy, lostContactAt }: Job) {
  return {
    ...compact({ verb, createdAt, updatedAt, apiChannel, progressPercent, requestedBy, lostContactAt }),
  };
}
