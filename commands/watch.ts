import { InteractionContextType } from 'discord.js';
import type { Autocomplete, Command, CommandCall, CommandHandler } from '../src/discord/core/handlers.ts';
import type { NotifyFeature } from '../src/discord/notify/notify-feature.ts';
import { JOB, subcommand } from './options.ts';

const DATA: Command['data'] = {
  name: 'watch',
  description: 'Follow a running job in this channel, from its progress to its end',
  contexts: [InteractionContextType.Guild],
  options: [
    subcommand('add', 'Post a card here that follows the job, and mention you at its end', [JOB]),
    subcommand('remove', 'Stop following a job in this channel', [JOB]),
    subcommand('list', 'Show what is followed where in this server'),
  ],
};

export interface WatchCommandNeeds {
  readonly notify: Pick<NotifyFeature, 'watches' | 'suggestWatches'>;
  readonly suggestJobs: Autocomplete;
  readonly toMeantJob: (call: CommandCall) => Promise<string>;
}

/** `/watch`: live cards of running jobs. */
export function watchCommand({ notify, suggestJobs, toMeantJob }: WatchCommandNeeds): Command {
  const { watches, suggestWatches } = notify;
  return {
    data: DATA,
    handlers: {
      'watch add': forSharing(async (call) => watches.add(call.caller, await toMeantJob(call))),
      'watch remove': forSharing(async (call) => watches.remove(call.caller, await toMeantJob(call))),
      'watch list': forSharing(({ caller }) => watches.list(caller, 0)),
    },
    autocomplete: { job: (call) => (call.path === 'watch remove' ? suggestWatches(call) : suggestJobs(call)) },
  };
}

function forSharing(run: CommandHandler['run']): CommandHandler {
  return { requires: 'share', run };
}
