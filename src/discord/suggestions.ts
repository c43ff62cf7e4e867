import type { APIApplicationCommandOptionChoice } from 'discord.js';
import type { IndexedJob } from '../jobs/job-index.ts';
import { cutText } from '../shared/text.ts';
import type { Autocomplete } from './handlers.ts';
import { toJobTitle } from './views/job-words.ts';

const LIMIT = 25;
const NAME_LENGTH = 100;

/** Running and recent jobs of the caller's server, by ref and words of the prompt. */
export const suggestJobs: Autocomplete = ({ caller, text, services }) =>
  services.index.search(text, caller.guildId, LIMIT).map(toChoice);

export const suggestApiChannels: Autocomplete = ({ text, services }) =>
  services.index
    .searchApiChannels(text, LIMIT)
    .map((id) => ({ name: id.slice(0, NAME_LENGTH), value: id.slice(0, NAME_LENGTH) }));

function toChoice(job: IndexedJob): APIApplicationCommandOptionChoice<string> {
  const state = job.isOver ? job.status : 'running';
  return { name: cutText(`${job.ref} · ${state} · ${toJobTitle(job)}`, NAME_LENGTH), value: job.ref };
}
