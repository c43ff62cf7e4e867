import { InteractionContextType, PermissionFlagsBits } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { SetupFeature } from '../src/discord/setup/setup-feature.ts';

/** `/setup`: who can create, where results go, review and alerts, on one card. */
export function setupCommand({ setup }: Pick<SetupFeature, 'setup'>): Command {
  return {
    data: {
      name: 'setup',
      description: 'Set this server up: who can create, where results go, review, alerts',
      contexts: [InteractionContextType.Guild],
      default_member_permissions: PermissionFlagsBits.ManageGuild.toString(),
    },
    handlers: { setup: { requires: 'configure', run: ({ caller }) => setup.show(caller) } },
  };
}
