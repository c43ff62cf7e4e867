import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import type { UseapiWorld } from './useapi-switches.ts';

function toElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function toItem(job: SandboxJob, now: number) {
  return {
    jobId: job.jobid,
    channel: job.apiChannel,
    jobType: job.jobType ?? 'image',
    created: new Date(job.createdAt).toISOString(),
    elapsed: job.verbatimElapsed ?? toElapsed(now - job.createdAt),
  };
}

function countVideos(jobs: readonly SandboxJob[]): number {
  return jobs.filter((job) => job.jobType === 'video').length;
}

function toChannel(jobs: readonly SandboxJob[], maxJobs: number, now: number) {
  const videos = countVideos(jobs);
  return {
    total: jobs.length,
    images: jobs.length - videos,
    videos,
    maxJobs,
    maxImageJobs: maxJobs,
    maxVideoJobs: maxJobs,
    jobs: jobs.map((job) => toItem(job, now)),
  };
}

/** The v3 list of running jobs, by channel. */
export function toRunningList(world: UseapiWorld) {
  const now = world.clock.now();
  const running = world.running('v3').filter(isRunning);
  const byChannel = Map.groupBy(running, (job) => job.apiChannel);
  const channels = world
    .listChannels()
    .filter(({ apiChannel }) => world.switches.idleChannels === 'listed' || byChannel.has(apiChannel))
    .map(({ apiChannel, maxJobs }) => [apiChannel, toChannel(byChannel.get(apiChannel) ?? [], maxJobs, now)] as const);
  const videos = countVideos(running);
  return {
    total: running.length,
    images: running.length - videos,
    videos,
    channels: Object.fromEntries(channels),
  };
}
