import type { Job } from './job.ts';
import { hiddenWords } from './words.ts';

/** Stands where the words would. */
export const LEFT_OUT = hiddenWords.leftOut;

/** A copy without what people and Midjourney wrote, for where those words are not let through. Never to be stored. */
export function toWordlessJob(job: Job): Job {
  const { prompt, content: _content, error: _error, errorDetails: _details, seed, ...rest } = job;
  const { content: _said, ...wordless } = seed ?? { attachments: [] };
  return {
    ...rest,
    ...(seed !== undefined && { seed: wordless }),
    embeds: [],
    ...(prompt !== undefined && { prompt: LEFT_OUT }),
  };
}
