import { InteractionContextType, PermissionFlagsBits } from 'discord.js';
import type { Command } from '../src/discord/core/handlers.ts';
import type { DoctorFeature } from '../src/discord/doctor/doctor-feature.ts';

/** `/doctor`: what is not in order here, and what to do. */
export function doctorCommand({ show }: DoctorFeature): Command {
  return {
    data: {
      name: 'doctor',
      description: 'Check permissions, accounts, store and queue, and say what to do',
      contexts: [InteractionContextType.Guild],
      default_member_permissions: PermissionFlagsBits.ManageGuild.toString(),
    },
    handlers: { doctor: { requires: 'audit', run: ({ caller }) => show(caller) } },
  };
}
