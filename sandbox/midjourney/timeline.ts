import { createHash } from 'node:crypto';
import { isSingleUpscale } from './buttons.ts';
import type { JobChange, SandboxJob } from './sandbox-job.ts';

/** A change that is due `afterMs` after the job's start, at speed 1. */
export interface PlannedChange {
  readonly afterMs: number;
  readonly change: JobChange;
}

const PICTURE_JOB_MS = 30_000;
const UPSCALE_MS = 5000;

/** A number below `below` that the same text always gives. */
function hashBelow(text: string, below: number): number {
  return createHash('sha1').update(text).digest().readUInt32BE(0) % below;
}

/** What happens to a job by itself: about 30 s to completion or `lastsMs`, 5 s for U1–U4, 2 to 5 s to a refusal. */
export function planJob(job: SandboxJob, isModerated: boolean, lastsMs?: number): readonly PlannedChange[] {
  const start: PlannedChange = { afterMs: 1000, change: { to: 'started' } };
  if (isModerated) {
    return [start, { afterMs: 2000 + hashBelow(job.jobid, 3000), change: { to: 'moderated' } }];
  }
  const isQuick = ['text', 'describe', 'seed'].includes(job.kind) || isSingleUpscale(job.button ?? '');
  return [start, ...planProgress(lastsMs ?? (isQuick ? UPSCALE_MS : PICTURE_JOB_MS), isQuick ? 2 : 8)];
}

function planProgress(totalMs: number, steps: number): readonly PlannedChange[] {
  const progress = Array.from({ length: steps - 1 }, (_, index): PlannedChange => {
    const share = (index + 1) / steps;
    return { afterMs: Math.round(share * totalMs), change: { to: 'progress', percent: Math.round(share * 100) - 1 } };
  });
  return [...progress, { afterMs: totalMs, change: { to: 'completed' } }];
}
