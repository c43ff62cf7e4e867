import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import { toApiChannel } from '../src/discord/core/api-channel.ts';
import type { Command } from '../src/discord/core/handlers.ts';
import { suggestApiChannels } from '../src/discord/jobs/suggestions.ts';
import { runSubmit } from '../src/discord/submissions/run-prompt.ts';
import { apiChannel } from './options.ts';

/** `/imagine`: a new job from a prompt. */
export const imagine: Command = {
  data: {
    name: 'imagine',
    description: 'Start a job from a prompt; its card appears in this channel',
    contexts: [InteractionContextType.Guild],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'prompt',
        description: 'What to make, with Midjourney’s parameters at the end',
        required: true,
        max_length: 5_000,
      },
      apiChannel('The Midjourney channel at useapi.net that is to make it; without it the API chooses'),
    ],
  },
  handlers: {
    imagine: {
      async run({ options, ...call }) {
        call.services.permissions.requireAllowed('submit', call.caller);
        const where = options.string('api-channel');
        return runSubmit(call, options.requiredString('prompt'), where === undefined ? undefined : toApiChannel(where));
      },
    },
  },
  autocomplete: { 'api-channel': suggestApiChannels },
};
