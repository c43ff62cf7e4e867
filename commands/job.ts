import { InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import { showFamily } from '../src/discord/jobs/family-controls.ts';
import { askToCancel } from '../src/discord/jobs/job-controls.ts';
import { toMeantJob } from '../src/discord/jobs/meant-job.ts';
import { suggestJobs } from '../src/discord/jobs/suggestions.ts';
import { JOB, publicOption, subcommand } from './options.ts';

/** `/job show`, `/job family` and `/job cancel`: one job. */
export const job: Command = {
  data: {
    name: 'job',
    description: 'Look at one job and its family, or cancel it',
    contexts: [InteractionContextType.Guild],
    options: [
      subcommand('show', 'Show a job’s card: status, media and its whole button set', [
        JOB,
        publicOption('Show the card to everyone in this channel'),
      ]),
      subcommand('family', 'Show where a job comes from and what was made of it, and compare siblings', [JOB]),
      subcommand('cancel', 'Cancel a running job, after a confirmation', [JOB]),
    ],
  },
  handlers: {
    'job show': {
      requires: 'view',
      async run(call) {
        const { caller, options, services, showProgress } = call;
        const isPublic = options.boolean('public') === true;
        return services.jobAnswers.show(await toMeantJob(call), { caller, isPublic, showProgress });
      },
    },
    'job family': { run: async (call) => showFamily(await toMeantJob(call), call) },
    'job cancel': { run: async (call) => askToCancel(await toMeantJob(call), call) },
  },
  autocomplete: { job: suggestJobs },
};
