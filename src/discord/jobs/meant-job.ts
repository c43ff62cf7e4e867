import { isJobRef } from '../../jobs/job-ref.ts';
import type { CommandCall } from '../core/handlers.ts';
import { suggestJobs } from './suggestions.ts';

/**
 * The job that the option `job` means: where words were typed instead of picking a suggestion, the only one that fits them. A ref,
 * an id, and words that fit none or several are given back as they are.
 */
export async function toMeantJob({ caller, options, services }: CommandCall): Promise<string> {
  const text = options.requiredString('job');
  const words = text.trim();
  if (words === '' || words.includes(':')) return text;
  if (isJobRef(words.toLowerCase()) && (await services.jobs.get(words.toLowerCase())) !== undefined) return text;
  const [only, ...others] = await suggestJobs({ path: 'job show', caller, text: words, services });
  return only === undefined || others.length > 0 ? text : String(only.value);
}
