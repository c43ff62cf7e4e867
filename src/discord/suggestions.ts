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

/** Jobs that the caller's channel follows. */
export const suggestWatches: Autocomplete = ({ caller, text, services }) => {
  const followed = services.liveCards.list(caller.guildId).filter(({ channelId }) => channelId === caller.channelId);
  const jobs = followed.flatMap(({ ref }) => services.index.get(ref) ?? []);
  return jobs.map(toChoice).filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
};

/** Rules of the caller's server, by number and channel. */
export const suggestRules: Autocomplete = async ({ caller, text, services }) => {
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

export const suggestApiChannels: Autocomplete = ({ text, services }) =>
  services.index
    .searchApiChannels(text, LIMIT)
    .map((id) => ({ name: id.slice(0, NAME_LENGTH), value: id.slice(0, NAME_LENGTH) }));

function toChoice(job: IndexedJob): APIApplicationCommandOptionChoice<string> {
  const state = job.isOver ? job.status : 'running';
  return { name: cutText(`${job.ref} · ${state} · ${toJobTitle(job)}`, NAME_LENGTH), value: job.ref };
}
