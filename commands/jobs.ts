import { InteractionContextType } from 'discord.js';
import type { Autocomplete, Command } from '../src/discord/core/handlers.ts';
import { type ShowBoard, toJobType } from '../src/discord/jobs/jobs-board.ts';
import { PIN_CHOICES, type PinBoard } from '../src/discord/jobs/pin-choice.ts';
import { account, apiChannel, choice, givenApiChannel, publicOption } from './options.ts';

const DATA: Command['data'] = {
  name: 'jobs',
  description: 'Show what’s running and who is in line',
  contexts: [InteractionContextType.Guild],
  options: [
    apiChannel('Only this Midjourney channel at useapi.net'),
    account('Only jobs of this account'),
    choice('type', 'Only jobs of this type', ['image', 'video']),
    choice('pin', 'Keep a board of what runs up to date in this channel', PIN_CHOICES),
    publicOption('Show the answer to everyone in this channel'),
  ],
};

interface Needs {
  readonly showBoard: ShowBoard;
  readonly suggestApiChannels: Autocomplete;
  readonly suggestAccounts: Autocomplete;
  readonly pinBoard: PinBoard;
}

/** `/jobs`: what runs now; `pin` keeps it up to date in the channel. */
export function jobsCommand({ showBoard, pinBoard, suggestApiChannels, suggestAccounts }: Needs): Command {
  return {
    data: DATA,
    handlers: {
      jobs: {
        requires: 'view',
        async run({ id, caller, options }) {
          const pin = PIN_CHOICES.find((known) => known === options.string('pin'));
          if (pin !== undefined) return pinBoard({ id, caller }, pin);
          return showBoard({
            caller,
            isPrivate: options.boolean('public') !== true,
            page: 0,
            type: toJobType(options.string('type')),
            apiChannel: givenApiChannel(options),
            account: options.string('account'),
          });
        },
      },
    },
    autocomplete: { 'api-channel': suggestApiChannels, account: suggestAccounts },
  };
}
