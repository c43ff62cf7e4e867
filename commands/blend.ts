import { ApplicationCommandOptionType, InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { JobsFeature } from '../src/discord/jobs/jobs-feature.ts';
import { BLEND_PICTURES, SHAPES, toBlended } from '../src/discord/submissions/given-pictures.ts';
import type { SubmissionsFeature } from '../src/discord/submissions/submissions-feature.ts';
import { account, apiChannel, choice, picture, toTarget } from './options.ts';

const ORDINALS = ['The first picture, at most 10 MB', 'The second', 'The third', 'The fourth', 'The fifth'];

const DATA: Command['data'] = {
  name: 'blend',
  description: 'Make one picture of two to five of yours',
  contexts: [InteractionContextType.Guild],
  options: [
    ...ORDINALS.slice(0, BLEND_PICTURES.max).map((description, at) => picture(`picture-${at + 1}`, description)),
    {
      type: ApplicationCommandOptionType.String,
      name: 'links',
      description: 'Links to pictures, with spaces between them',
      max_length: 6_000,
    },
    choice('shape', 'The shape of what is made (default Square)', SHAPES),
    apiChannel('The Midjourney channel at useapi.net that is to make it; without it the API chooses'),
    account('Which account makes it; without it the first one that can'),
  ],
};

type Needs = Pick<SubmissionsFeature, 'submitPictures'> & Pick<JobsFeature, 'suggestApiChannels' | 'suggestAccounts'>;

/** `/blend`: one picture from several. */
export function blendCommand({ submitPictures, suggestApiChannels, suggestAccounts }: Needs): Command {
  return {
    data: DATA,
    handlers: {
      blend: {
        requires: 'submit',
        run: async ({ options, ...call }) => submitPictures(call, toBlended(options), toTarget(options)),
      },
    },
    autocomplete: { 'api-channel': suggestApiChannels, account: suggestAccounts },
  };
}
