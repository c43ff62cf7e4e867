import { InteractionContextType } from 'discord.js';
import type { Command, CommandHandler } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import type { NotifyFeature } from '../src/discord/notify/notify-feature.ts';
import { toWatchSelect } from '../src/discord/notify/watch-messages.ts';
import { JOB, subcommand } from './options.ts';

const DATA: Command['data'] = {
  name: 'watch',
  description: 'Follow a running job in this channel until it’s done',
  contexts: [InteractionContextType.Guild],
  options: [
    subcommand('add', 'Follow a job here and get pinged when it’s done', [JOB]),
    subcommand('remove', 'Stop following a job in this channel', [JOB]),
    subcommand('list', 'Show which jobs are followed, and where'),
  ],
};

export interface WatchCommandNeeds {
  readonly notify: Pick<NotifyFeature, 'watches' | 'suggestWatches'>;
  readonly jobs: Pick<JobsFeature, 'suggestRunningJobs' | 'withMeantJob'>;
}

/** `/watch`: live cards of running jobs. */
export function watchCommand({ notify, jobs }: WatchCommandNeeds): Command {
  const { watches, suggestWatches } = notify;
  const { suggestRunningJobs, withMeantJob } = jobs;
  return {
    data: DATA,
    handlers: {
      'watch add': forSharing(({ caller, options }) => {
        const call = { caller, options, toSelect: toWatchSelect('add'), suggest: suggestRunningJobs };
        return withMeantJob(call, (job) => watches.add(caller, job));
      }),
      'watch remove': forSharing(({ caller, options }) => {
        const call = { caller, options, toSelect: toWatchSelect('remove'), suggest: suggestWatches };
        return withMeantJob(call, (job) => watches.stop(caller, job));
      }),
      'watch list': { requires: 'view', run: ({ caller }) => watches.list(caller, 0) },
    },
    autocomplete: { job: (call) => (call.path === 'watch remove' ? suggestWatches(call) : suggestRunningJobs(call)) },
  };
}

function forSharing(run: CommandHandler['run']): CommandHandler {
  return { requires: 'share', run };
}
