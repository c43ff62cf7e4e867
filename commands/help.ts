import { InteractionContextType } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { SetupFeature } from '../src/discord/setup/setup-feature.ts';

/** `/help`: what the member who asks can do here. */
export function helpCommand({ help }: Pick<SetupFeature, 'help'>): Command {
  return {
    data: {
      name: 'help',
      description: 'Show what you can do here',
      contexts: [InteractionContextType.Guild],
    },
    handlers: { help: { requires: 'anyone', run: ({ caller }) => help(caller) } },
  };
}
