import type { APIApplicationCommandOptionChoice } from 'discord.js';
import type { IndexedJob, JobIndex } from '../../jobs/job-index.ts';
import { isJobRef } from '../../jobs/job-ref.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import { CHOICE_LENGTH, toJobChoice } from '../cards/job-choice.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Caller } from '../core/caller.ts';
import type { Autocomplete, CommandCall } from '../core/handlers.ts';

export interface SuggestionNeeds {
  readonly index: Pick<JobIndex, 'search' | 'searchApiChannels'>;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly permissions: Pick<Permissions, 'isAllowed'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'concealmentOf'>;
}

export interface JobSuggestions {
  /** Running and recent jobs of the caller's server, by ref and words of the prompt. */
  readonly suggestJobs: Autocomplete;
  readonly suggestApiChannels: Autocomplete;
  /**
   * The job that the option `job` means: where words were typed instead of picking a suggestion, the only one that fits them. A ref,
   * an id, and words that fit none or several are returned as they are.
   */
  readonly toMeantJob: (call: Pick<CommandCall, 'caller' | 'options'>) => Promise<string>;
}

const LIMIT = 25;

export function jobSuggestions({ index, jobs, permissions, gate }: SuggestionNeeds): JobSuggestions {
  function suggest(text: string, caller: Caller): APIApplicationCommandOptionChoice<string>[] {
    if (!permissions.isAllowed('view', caller)) return [];
    // Only the caller sees what is suggested.
    const audience = gate.audienceOf(caller, true);
    const toConcealment = (job: IndexedJob) => gate.concealmentOf(job, audience);
    const found = index.search(text, caller.guildId, LIMIT, (job) => toConcealment(job) !== undefined);
    return found.map((job) => toJobChoice(job, toConcealment(job)));
  }
  return {
    suggestJobs: ({ caller, text }) => suggest(text, caller),
    suggestApiChannels({ caller, text }) {
      if (!permissions.isAllowed('view', caller)) return [];
      const found = index
        .searchApiChannels(text, LIMIT)
        .filter((id) => id.isWellFormed() && id.length <= CHOICE_LENGTH);
      return found.map((id) => ({ name: id, value: id }));
    },
    async toMeantJob({ caller, options }) {
      const text = options.requiredString('job');
      const words = text.trim();
      if (words === '' || words.includes(':')) return text;
      if (isJobRef(words.toLowerCase()) && (await jobs.get(words.toLowerCase())) !== undefined) return text;
      const [only, ...others] = suggest(words, caller);
      return only === undefined || others.length > 0 ? text : only.value;
    },
  };
}
