import type { APIApplicationCommandOptionChoice } from 'discord.js';
import type { Concealment } from '../../jobs/concealed-job.ts';
import type { IndexedJob } from '../../jobs/job-index.ts';
import { cutText } from '../../shared/text.ts';
import { toJobTitle } from '../ui/job-words.ts';
import { cardWords } from './words.ts';

/** Characters that the name of a suggestion may have. */
export const CHOICE_LENGTH = 100;

const CONCEALED_STATES: Readonly<Partial<Record<Concealment, string>>> = cardWords.choiceStates;

/** A job as it is suggested while its name is typed. */
export function toJobChoice(job: IndexedJob, concealed?: Concealment): APIApplicationCommandOptionChoice<string> {
  const state = job.isOver ? job.status : 'running';
  if (concealed !== undefined) return { name: `${job.ref} · ${CONCEALED_STATES[concealed] ?? state}`, value: job.ref };
  return { name: cutText(`${job.ref} · ${state} · ${toJobTitle(job)}`, CHOICE_LENGTH), value: job.ref };
}
