import type { Job } from './job.ts';

/** Stands where the words would. */
export const LEFT_OUT = '(left out)';

/** A copy without what people and Midjourney wrote, for where those words are not let through. Never to be stored. */
export function toWordlessJob(job: Job): Job {
  const { prompt, content: _content, error: _error, errorDetails: _details, ...rest } = job;
  return { ...rest, embeds: [], ...(prompt !== undefined && { prompt: LEFT_OUT }) };
}
