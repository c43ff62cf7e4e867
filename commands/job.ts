import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import { showJob } from '../src/discord/cards/show-job.ts';
import type { Command } from '../src/discord/core/handlers.ts';
import { showFamily } from '../src/discord/jobs/family-controls.ts';
import { askToCancel } from '../src/discord/jobs/job-controls.ts';
import { toMeantJob } from '../src/discord/jobs/meant-job.ts';
import { suggestJobs } from '../src/discord/jobs/suggestions.ts';

const JOB_OPTION = {
  type: ApplicationCommandOptionType.String,
  name: 'job',
  description: 'A ref such as k3v9x2ma, words of the prompt, or a whole jobid',
  required: true,
  autocomplete: true,
  max_length: 200,
} as const;

/** `/job show`, `/job family` and `/job cancel`: one job. */
export const job: Command = {
  data: {
    name: 'job',
    description: 'Look at one job and its family, or cancel it',
    contexts: [InteractionContextType.Guild],
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'show',
        description: 'Show a job’s card: status, media and its whole button set',
        options: [
          JOB_OPTION,
          {
            type: ApplicationCommandOptionType.Boolean,
            name: 'public',
            description: 'Show the card to everyone in this channel',
          },
        ],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'family',
        description: 'Show where a job comes from and what was made of it, and compare siblings',
        options: [JOB_OPTION],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'cancel',
        description: 'Cancel a running job, after a confirmation',
        options: [JOB_OPTION],
      },
    ],
  },
  handlers: {
    'job show': {
      run: async (call) =>
        showJob(await toMeantJob(call), { ...call, isPublic: call.options.boolean('public') === true }),
    },
    'job family': { run: async (call) => showFamily(await toMeantJob(call), call) },
    'job cancel': { run: async (call) => askToCancel(await toMeantJob(call), call) },
  },
  autocomplete: { job: suggestJobs },
};
