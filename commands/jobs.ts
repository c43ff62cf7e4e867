import { InteractionContextType } from 'discord.js';
import { toApiChannel } from '../src/discord/core/api-channel.ts';
import type { Command } from '../src/discord/core/handlers.ts';
import { readBoard, toBoardFilter } from '../src/discord/jobs/board-controls.ts';
import { suggestApiChannels } from '../src/discord/jobs/suggestions.ts';
import { apiChannel, choice, publicOption } from './options.ts';

/** `/jobs`: what runs now. */
export const jobs: Command = {
  data: {
    name: 'jobs',
    description: 'Show what is running now: the load of each API channel and the jobs',
    contexts: [InteractionContextType.Guild],
    options: [
      apiChannel('Only this Midjourney channel at useapi.net'),
      choice('type', 'Only jobs of this type', ['image', 'video']),
      publicOption('Show the answer to everyone in this channel'),
    ],
  },
  handlers: {
    jobs: {
      async run({ caller, options, services }) {
        services.permissions.requireAllowed('view', caller);
        const only = options.string('api-channel');
        const filter = toBoardFilter(options.string('type'), only === undefined ? undefined : toApiChannel(only));
        return readBoard({ caller, services, isPrivate: options.boolean('public') !== true }, filter, 0);
      },
    },
  },
  autocomplete: { 'api-channel': suggestApiChannels },
};
