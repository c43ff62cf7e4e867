import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import { readBoard, toBoardFilter } from '../src/discord/jobs/board-controls.ts';
import { suggestApiChannels } from '../src/discord/jobs/suggestions.ts';
import { UserError } from '../src/shared/errors.ts';

/** `/jobs`: what runs now. */
export const jobs: Command = {
  data: {
    name: 'jobs',
    description: 'Show what is running now: the load of each API channel and the jobs',
    contexts: [InteractionContextType.Guild],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'api-channel',
        description: 'Only this Midjourney channel at useapi.net',
        autocomplete: true,
        max_length: 40,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'type',
        description: 'Only jobs of this type',
        choices: [
          { name: 'image', value: 'image' },
          { name: 'video', value: 'video' },
        ],
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'public',
        description: 'Show the answer to everyone in this channel',
      },
    ],
  },
  handlers: {
    jobs: {
      async run({ caller, options, services }) {
        services.permissions.requireAllowed('view', caller);
        const filter = toBoardFilter(options.string('type'), options.string('api-channel')?.trim());
        if (filter.apiChannel !== undefined && !/^[\w.-]{1,40}$/.test(filter.apiChannel)) throw notAnApiChannel();
        return readBoard({ caller, services, isPrivate: options.boolean('public') !== true }, filter, 0);
      },
    },
  },
  autocomplete: { 'api-channel': suggestApiChannels },
};

function notAnApiChannel(): UserError {
  return new UserError(
    'api-channel-invalid',
    'That is not an API channel: it is a number, as the Midjourney channel has it at useapi.net. Leave `api-channel` out to see all.',
  );
}
