import { LEFT_OUT, toWordlessJob } from '../wordless-job.ts';
import type { Submission } from './submission.ts';
import type { WaitedResult } from './waiting-line.ts';

/** A copy without what people wrote, for where those words are not let through. Never to be stored. */
export function toWordlessSubmission(submission: Submission): Submission {
  const { work } = submission;
  if (work.kind === 'submit') return { ...submission, work: { ...work, prompt: LEFT_OUT } };
  const { prompt: _prompt, ...press } = work;
  return { ...submission, work: { ...press, label: LEFT_OUT } };
}

/** The same of what came of it. */
export function toWordlessResult(result: WaitedResult): WaitedResult {
  if (result.outcome === 'refused') return { ...result, reason: LEFT_OUT };
  return 'job' in result && result.job !== undefined ? { ...result, job: toWordlessJob(result.job) } : result;
}
