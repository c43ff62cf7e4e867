import { InteractionContextType } from 'discord.js';
import { toApiChannel } from '../src/discord/core/api-channel.ts';
import type { Autocomplete, Command } from '../src/discord/core/handlers.ts';
import { type ShowBoard, toJobType } from '../src/discord/jobs/jobs-board.ts';
import { apiChannel, choice, publicOption } from './options.ts';

const DATA: Command['data'] = {
  name: 'jobs',
  description: 'Show what is running now: the load of each API channel and the jobs',
  contexts: [InteractionContextType.Guild],
  options: [
    apiChannel('Only this Midjourney channel at useapi.net'),
    choice('type', 'Only jobs of this type', ['image', 'video']),
    publicOption('Show the answer to everyone in this channel'),
  ],
};

interface Needs {
  readonly showBoard: ShowBoard;
  readonly suggestApiChannels: Autocomplete;
}

/** `/jobs`: what runs now. */
export function jobsCommand({ showBoard, suggestApiChannels }: Needs): Command {
  return {
    data: DATA,
    handlers: {
      jobs: {
        requires: 'view',
        async run({ caller, options }) {
          const only = options.string('api-channel');
          return showBoard({
            caller,
            isPrivate: options.boolean('public') !== true,
            page: 0,
            type: toJobType(options.string('type')),
            apiChannel: only === undefined ? undefined : toApiChannel(only),
          });
        },
      },
    },
    autocomplete: { 'api-channel': suggestApiChannels },
  };
}
