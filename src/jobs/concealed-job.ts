import { compact } from '../shared/compact.ts';
import { isFinal, type Job } from './job.ts';
import { toJobEvent } from './job-events.ts';

/**
 * `running`: it will be reviewed; `awaiting`: moderators have not decided; `refused`: they decided against it;
 * `ended`: it ended without a result that could be reviewed.
 */
export type Concealment = NonNullable<Job['concealed']>;

/** Stands where the prompt would. */
const SENTENCES: Readonly<Record<Concealment, string>> = {
  running: 'shown once it has been reviewed',
  awaiting: 'awaiting review',
  refused: 'not approved',
  ended: 'not shown, as it ended before it could be reviewed',
};

/** A copy that holds nothing of what was asked for or made, so that no view of it can show that. Never to be stored. */
export function concealJob(job: Job, concealed: Concealment): Job {
  const { ref, jobid, version, status, goneAt, originGuildId, firstSeenAt, observedAt, finalAt, changedAt, isRead } =
    job;
  return {
    ref,
    jobid,
    version,
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
    prompt: SENTENCES[concealed],
    ...compact({ originGuildId, goneAt, finalAt }),
    ...((concealed === 'running' || concealed === 'ended') && toProgress(job)),
  };
}

function toProgress({ verb, createdAt, updatedAt, apiChannel, progressPercent, requestedBy, lostContactAt }: Job) {
  return {
    ...compact({ verb, createdAt, updatedAt, apiChannel, progressPercent, requestedBy, lostContactAt }),
  };
}
