import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import { toMeantJob } from '../src/discord/jobs/meant-job.ts';
import { suggestJobs, suggestWatches } from '../src/discord/jobs/suggestions.ts';
import { addWatch, listWatches, removeWatch } from '../src/discord/notify/watch-controls.ts';

const JOB = {
  type: ApplicationCommandOptionType.String,
  name: 'job',
  description: 'A ref, words of the prompt, or a whole jobid',
  required: true,
  autocomplete: true,
  max_length: 200,
} as const;
const { Subcommand } = ApplicationCommandOptionType;

/** `/watch`: live cards of running jobs. */
export const watch: Command = {
  data: {
    name: 'watch',
    description: 'Follow a running job in this channel, from its progress to its end',
    contexts: [InteractionContextType.Guild],
    options: [
      {
        type: Subcommand,
        name: 'add',
        description: 'Post a card here that follows the job, and mention you at its end',
        options: [JOB],
      },
      { type: Subcommand, name: 'remove', description: 'Stop following a job in this channel', options: [JOB] },
      { type: Subcommand, name: 'list', description: 'Show what is followed where in this server', options: [] },
    ],
  },
  handlers: {
    'watch add': { run: async (call) => addWatch(call.caller, await toMeantJob(call), call.services) },
    'watch remove': {
      run: async (call) => removeWatch(call.caller, await toMeantJob(call), call.services),
    },
    'watch list': { run: ({ caller, services }) => listWatches(caller, services) },
  },
  autocomplete: { job: (call) => (call.path === 'watch remove' ? suggestWatches(call) : suggestJobs(call)) },
};
