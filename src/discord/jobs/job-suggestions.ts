import type { AccountList } from '../../jobs/account-names.ts';
import type { IndexedJob, JobIndex } from '../../jobs/job-index.ts';
import { isJobRef } from '../../jobs/job-ref.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import { foldText } from '../../shared/fold-text.ts';
import { CHOICE_LENGTH, toJobChoice } from '../cards/job-choice.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { Autocomplete, AutocompleteCall, CommandCall } from '../core/handlers.ts';
import { toAccountChoices } from '../ui/known-accounts.ts';
import { type JobChoice, type ToJobSelect, toMeantMessage } from '../ui/meant-message.ts';

export interface SuggestionNeeds {
  readonly index: Pick<JobIndex, 'search' | 'searchApiChannels'>;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly permissions: Pick<Permissions, 'isAllowed'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'concealmentOf'>;
  readonly accounts: AccountList;
}

/** Jobs that fit what is typed. */
export type SuggestJobs = (call: Pick<AutocompleteCall, 'caller' | 'text'>) => readonly JobChoice[];

export interface JobSuggestions {
  /** Running and recent jobs of the caller's server, by ref and words of the prompt. */
  readonly suggestJobs: SuggestJobs;
  readonly suggestRunningJobs: SuggestJobs;
  readonly suggestApiChannels: Autocomplete;
  readonly suggestAccounts: Autocomplete;
  /**
   * Goes on with the job that the option `job` means: where words were typed instead of picking a suggestion, the only
   * one that fits them; where they fit several, the reply is a select of them. A ref, an id, and words that fit none
   * are taken as they are.
   */
  readonly withMeantJob: (call: MeantCall, run: (idOrRef: string) => Promise<Answer>) => Promise<Answer>;
}

export interface MeantCall extends Pick<CommandCall, 'caller' | 'options'> {
  readonly toSelect: ToJobSelect;
  /** The jobs that are meant first; any job by default. */
  readonly suggest?: SuggestJobs;
}

const LIMIT = 25;

export function jobSuggestions({ index, jobs, permissions, gate, accounts }: SuggestionNeeds): JobSuggestions {
  function suggest(text: string, caller: Caller, onlyRunning = false): readonly JobChoice[] {
    if (!permissions.isAllowed('view', caller)) return [];
    // Only the caller sees what is suggested.
    const audience = gate.audienceOf(caller, true);
    const toConcealment = (job: IndexedJob) => gate.concealmentOf(job, audience);
    const found = index.search(text, caller.guildId, LIMIT, (job) => toConcealment(job) !== undefined);
    const fitting = onlyRunning ? found.filter((job) => !job.isOver) : found;
    return fitting.map((job) => toJobChoice(job, toConcealment(job)));
  }
  /** What the typed words fit; none where they are a ref or an id. */
  async function findFitting({ caller, options, suggest: suggestFirst }: MeantCall): Promise<readonly JobChoice[]> {
    const words = options.requiredString('job').trim();
    if (words.includes(':') || foldText(words).trim() === '') return [];
    if (isJobRef(words.toLowerCase()) && (await jobs.get(words.toLowerCase())) !== undefined) return [];
    const first = suggestFirst?.({ caller, text: words }) ?? [];
    return first.length > 0 ? first : suggest(words, caller);
  }
  return {
    suggestJobs: ({ caller, text }) => suggest(text, caller),
    suggestRunningJobs: ({ caller, text }) => suggest(text, caller, true),
    suggestApiChannels({ caller, text }) {
      if (!permissions.isAllowed('view', caller)) return [];
      const found = index
        .searchApiChannels(text, caller.guildId, LIMIT)
        .filter((id) => id.isWellFormed() && id.length <= CHOICE_LENGTH);
      return found.map((id) => ({ name: id, value: id }));
    },
    suggestAccounts: ({ caller, text }) =>
      permissions.isAllowed('view', caller) ? toAccountChoices(accounts, caller.guildId, text) : [],
    async withMeantJob(call, run) {
      const fitting = await findFitting(call);
      if (fitting.length > 1) return { message: toMeantMessage(call.toSelect, fitting.slice(0, LIMIT)) };
      const [only] = fitting;
      return run(only?.value ?? call.options.requiredString('job'));
    },
  };
}
