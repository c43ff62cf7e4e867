import type { IndexedJob } from '../../jobs/job-index.ts';
import { CHOICE_LENGTH, toJobChoice } from '../cards/job-choice.ts';
import type { Caller } from '../core/caller.ts';
import type { Autocomplete } from '../core/handlers.ts';
import type { BotServices } from '../services.ts';

const LIMIT = 25;

/** Running and recent jobs of the caller's server, by ref and words of the prompt. */
export const suggestJobs: Autocomplete = ({ caller, text, services }) => {
  if (!services.permissions.isAllowed('view', caller)) return [];
  const toConcealment = toConcealmentOf(caller, services);
  const found = services.index.search(text, caller.guildId, LIMIT, (job) => toConcealment(job) !== undefined);
  return found.map((job) => toJobChoice(job, toConcealment(job)));
};

/** API channels that jobs were seen in. */
export const suggestApiChannels: Autocomplete = ({ caller, text, services }) => {
  if (!services.permissions.isAllowed('view', caller)) return [];
  const found = services.index.searchApiChannels(text, LIMIT);
  return found.filter((id) => id.isWellFormed() && id.length <= CHOICE_LENGTH).map((id) => ({ name: id, value: id }));
};

/** Only the caller sees what is suggested. */
function toConcealmentOf(caller: Caller, { gate }: BotServices) {
  const audience = gate.audienceOf(caller, true);
  return (job: IndexedJob) => gate.concealmentOf(job, audience);
}
