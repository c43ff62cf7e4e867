import type { APIApplicationCommandOptionChoice } from 'discord.js';
import type { Concealment } from '../../jobs/concealed-job.ts';
import type { IndexedJob } from '../../jobs/job-index.ts';
import { cutText } from '../../shared/text.ts';
import type { Caller } from '../core/caller.ts';
import type { Autocomplete } from '../core/handlers.ts';
import type { BotServices } from '../services.ts';
import { toJobTitle } from '../ui/job-words.ts';

const LIMIT = 25;
const NAME_LENGTH = 100;

/** Running and recent jobs of the caller's server, by ref and words of the prompt. */
export const suggestJobs: Autocomplete = ({ caller, text, services }) => {
  if (!services.permissions.isAllowed('view', caller)) return [];
  const toConcealment = toConcealmentOf(caller, services);
  const found = services.index.search(text, caller.guildId, LIMIT, (job) => toConcealment(job) !== undefined);
  return found.map((job) => toChoice(job, toConcealment(job)));
};

/** Jobs that the caller's channel follows. */
export const suggestWatches: Autocomplete = ({ caller, text, services }) => {
  if (!services.permissions.isAllowed('share', caller)) return [];
  const toConcealment = toConcealmentOf(caller, services);
  const followed = services.liveCards.list(caller.guildId).filter(({ channelId }) => channelId === caller.channelId);
  const jobs = followed.flatMap(({ ref }) => services.index.get(ref) ?? []);
  return jobs
    .map((job) => toChoice(job, toConcealment(job)))
    .filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
};

/** Rules of the caller's server, by number and channel. */
export const suggestRules: Autocomplete = async ({ caller, text, services }) => {
  if (!services.permissions.isAllowed('rules', caller)) return [];
  const rules = await services.rules.list(caller.guildId);
  const choices = rules.map((rule) => {
    const channel = services.directory.channel(caller.guildId, rule.channelId)?.name ?? rule.channelId;
    return {
      name: cutText(`#${rule.number} → #${channel} on ${rule.events.join(', ')}`, NAME_LENGTH),
      value: rule.number,
    };
  });
  return choices.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase())).slice(0, LIMIT);
};

export const suggestApiChannels: Autocomplete = ({ caller, text, services }) => {
  if (!services.permissions.isAllowed('view', caller)) return [];
  const found = services.index.searchApiChannels(text, LIMIT);
  return found.filter((id) => id.isWellFormed() && id.length <= NAME_LENGTH).map((id) => ({ name: id, value: id }));
};

/** Only the caller sees what is suggested. */
function toConcealmentOf(caller: Caller, { gate }: BotServices) {
  const audience = gate.audienceOf(caller, true);
  return (job: IndexedJob) => gate.concealmentOf(job, audience);
}

const CONCEALED_STATES: Readonly<Partial<Record<Concealment, string>>> = {
  running: 'running',
  awaiting: 'awaiting review',
  refused: 'not approved',
};

function toChoice(job: IndexedJob, concealed?: Concealment): APIApplicationCommandOptionChoice<string> {
  const state = job.isOver ? job.status : 'running';
  if (concealed !== undefined) return { name: `${job.ref} · ${CONCEALED_STATES[concealed] ?? state}`, value: job.ref };
  return { name: cutText(`${job.ref} · ${state} · ${toJobTitle(job)}`, NAME_LENGTH), value: job.ref };
}
