import type { Job } from './job.ts';

/**
 * The job as a channel may see it: of a moderated one no more than that it was, nothing of what was refused.
 * Never to be stored.
 */
export function toPublicJob(job: Job): Job {
  if (job.status !== 'moderated' || job.concealed !== undefined) return job;
  const { prompt: _prompt, content: _content, error: _error, errorDetails: _details, seed: _seed, ...shown } = job;
  const { blendUrls: _blended, describeUrl: _described, ...rest } = shown;
  return { ...rest, attachments: [], imageUx: [], videoUx: [], embeds: [] };
}
