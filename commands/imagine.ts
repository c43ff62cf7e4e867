import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import type { SubmissionsFeature } from '../src/discord/submissions/submissions-feature.ts';
import { account, apiChannel, toTarget } from './options.ts';

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
    account('Which account makes it; without it the first one that can'),
  ],
};

type Needs = Pick<SubmissionsFeature, 'submit'> & Pick<JobsFeature, 'suggestApiChannels' | 'suggestAccounts'>;

/** `/imagine`: a new job from a prompt. */
export function imagineCommand({ submit, suggestApiChannels, suggestAccounts }: Needs): Command {
  return {
    data: DATA,
    handlers: {
      imagine: {
        requires: 'submit',
        async run({ options, ...call }) {
          return submit(call, options.requiredString('prompt'), toTarget(options));
        },
      },
    },
    autocomplete: { 'api-channel': suggestApiChannels, account: suggestAccounts },
  };
}
