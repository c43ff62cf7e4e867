import { InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import { toMeantSelect } from '../src/discord/jobs/meant-job.ts';
import { JOB, publicOption, subcommand } from './options.ts';

const DATA: Command['data'] = {
  name: 'job',
  description: 'Show one job and its family, or cancel it',
  contexts: [InteractionContextType.Guild],
  options: [
    subcommand('show', 'Show a job with its pictures and buttons', [
      JOB,
      publicOption('Show the card to everyone in this channel'),
    ]),
    subcommand('family', 'Show where a job comes from and what was made from it', [JOB]),
    subcommand('cancel', 'Cancel a running job', [JOB]),
  ],
};

type Needs = Pick<
  JobsFeature,
  'show' | 'showFamily' | 'askToCancel' | 'withMeantJob' | 'suggestJobs' | 'suggestRunningJobs'
>;

/** `/job show`, `/job family` and `/job cancel`: one job. */
export function jobCommand(jobs: Needs): Command {
  return {
    data: DATA,
    handlers: {
      'job show': {
        requires: 'view',
        run({ caller, options, showProgress }) {
          const isPublic = options.boolean('public') === true;
          const show = (job: string) => jobs.show(job, { caller, isPublic, showProgress });
          return jobs.withMeantJob({ caller, options, toSelect: toMeantSelect('show') }, show);
        },
      },
      'job family': {
        requires: 'view',
        run: ({ caller, options }) =>
          jobs.withMeantJob({ caller, options, toSelect: toMeantSelect('family') }, (job) =>
            jobs.showFamily(job, caller),
          ),
      },
      'job cancel': {
        requires: 'view',
        run({ caller, options }) {
          const toSelect = toMeantSelect('cancel');
          const call = { caller, options, toSelect, suggest: jobs.suggestRunningJobs };
          return jobs.withMeantJob(call, (job) => jobs.askToCancel(job, caller));
        },
      },
    },
    autocomplete: {
      job: (call) => (call.path === 'job cancel' ? jobs.suggestRunningJobs(call) : jobs.suggestJobs(call)),
    },
  };
}
