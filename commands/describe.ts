import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import { toDescribed } from '../src/discord/submissions/given-pictures.ts';
import type { SubmissionsFeature } from '../src/discord/submissions/submissions-feature.ts';
import { account, apiChannel, picture, toTarget } from './options.ts';

const DATA: Command['data'] = {
  name: 'describe',
  description: 'Get four prompts for a picture of yours',
  contexts: [InteractionContextType.Guild],
  options: [
    picture('picture', 'The picture, at most 10 MB'),
    { type: ApplicationCommandOptionType.String, name: 'link', description: 'Or a link to it', max_length: 2_000 },
    apiChannel('The Midjourney channel at useapi.net that is to do it; without it the API chooses'),
    account('Which account does it; without it the first one that can'),
  ],
};

type Needs = Pick<SubmissionsFeature, 'submitPictures'> & Pick<JobsFeature, 'suggestApiChannels' | 'suggestAccounts'>;

/** `/describe`: four prompts from one picture. */
export function describeCommand({ submitPictures, suggestApiChannels, suggestAccounts }: Needs): Command {
  return {
    data: DATA,
    handlers: {
      describe: {
        requires: 'submit',
        run: async ({ options, ...call }) => submitPictures(call, toDescribed(options), toTarget(options)),
      },
    },
    autocomplete: { 'api-channel': suggestApiChannels, account: suggestAccounts },
  };
}
