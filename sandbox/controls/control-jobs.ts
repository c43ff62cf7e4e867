import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import type { ControlJob } from '../page/server/page-controls.ts';

const ENDED_SHOWN = 12;

/** Jobs as the page's controls list them: running ones first, then what ended last. */
export function toControlJobs(
  jobs: readonly SandboxJob[],
  toVersion: (job: SandboxJob) => string,
): readonly ControlJob[] {
  const running = jobs.filter(isRunning);
  const ended = jobs.filter((job) => !isRunning(job)).toSorted((a, b) => b.updatedAt - a.updatedAt);
  return [...running.toReversed(), ...ended.slice(0, ENDED_SHOWN)].map((job) => toControlJob(job, toVersion(job)));
}

function toControlJob(job: SandboxJob, version: string): ControlJob {
  const { jobid, jobType = job.verb, prompt = job.verb, progressPercent: percent } = job;
  const status = job.expired ? 'expired' : job.stuck && isRunning(job) ? 'stuck' : job.status;
  return { jobid, version, jobType, prompt, status, percent, isRunning: isRunning(job) };
}
