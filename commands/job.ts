import { InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import { JOB, publicOption, subcommand } from './options.ts';

const DATA: Command['data'] = {
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
};

type Needs = Pick<JobsFeature, 'show' | 'showFamily' | 'askToCancel' | 'toMeantJob' | 'suggestJobs'>;

/** `/job show`, `/job family` and `/job cancel`: one job. */
export function jobCommand(jobs: Needs): Command {
  return {
    data: DATA,
    handlers: {
      'job show': {
        requires: 'view',
        async run(call) {
          const { caller, options, showProgress } = call;
          const isPublic = options.boolean('public') === true;
          return jobs.show(await jobs.toMeantJob(call), { caller, isPublic, showProgress });
        },
      },
      'job family': {
        requires: 'view',
        run: async (call) => jobs.showFamily(await jobs.toMeantJob(call), call.caller),
      },
      'job cancel': {
        requires: 'view',
        run: async (call) => jobs.askToCancel(await jobs.toMeantJob(call), call.caller),
      },
    },
    autocomplete: { job: jobs.suggestJobs },
  };
}
