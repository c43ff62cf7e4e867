import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import { suggestApiChannels } from '../src/discord/jobs/suggestions.ts';
import { runSubmit } from '../src/discord/submissions/run-prompt.ts';
import { UserError } from '../src/shared/errors.ts';

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
      {
        type: ApplicationCommandOptionType.String,
        name: 'api-channel',
        description: 'The Midjourney channel at useapi.net that is to make it; without it the API chooses',
        autocomplete: true,
        max_length: 40,
      },
    ],
  },
  handlers: {
    imagine: {
      async run({ options, ...call }) {
        call.services.permissions.requireAllowed('submit', call.caller);
        const apiChannel = options.string('api-channel')?.trim();
        if (apiChannel !== undefined && !/^[\w.-]{1,40}$/.test(apiChannel)) throw notAnApiChannel();
        return runSubmit(call, options.requiredString('prompt'), apiChannel);
      },
    },
  },
  autocomplete: { 'api-channel': suggestApiChannels },
};

function notAnApiChannel(): UserError {
  return new UserError(
    'api-channel-invalid',
    'That is not an API channel: it is a number, as the Midjourney channel has it at useapi.net. Leave `api-channel` out and the API chooses one.',
  );
}
