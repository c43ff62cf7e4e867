import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import { toApiChannel } from '../src/discord/core/api-channel.ts';
import type { Command } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import type { SubmissionsFeature } from '../src/discord/submissions/submissions-feature.ts';
import { apiChannel } from './options.ts';

const DATA: Command['data'] = {
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
};

type Needs = Pick<SubmissionsFeature, 'submit'> & Pick<JobsFeature, 'suggestApiChannels'>;

/** `/imagine`: a new job from a prompt. */
export function imagineCommand({ submit, suggestApiChannels }: Needs): Command {
  return {
    data: DATA,
    handlers: {
      imagine: {
        requires: 'submit',
        async run({ options, ...call }) {
          const where = options.string('api-channel');
          return submit(call, options.requiredString('prompt'), where === undefined ? undefined : toApiChannel(where));
        },
      },
    },
    autocomplete: { 'api-channel': suggestApiChannels },
  };
}
