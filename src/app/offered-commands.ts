import { ACCOUNT_OPTION } from '../discord/core/account-option.ts';
import type { CommandsOf } from '../discord/core/command-registration.ts';
import { withoutOption } from '../discord/core/guild-commands.ts';
import { buildHandlers, type FeatureNeeds, type Handlers } from './features.ts';

/** @param hasChoice Whether a server, or without one any, has several accounts to choose from. */
export function toCommandsFor(
  { commands, messageCommands }: Pick<Handlers, 'commands' | 'messageCommands'>,
  hasChoice: (guildId?: string) => boolean,
): CommandsOf {
  const offered = [...commands, ...messageCommands];
  const single = withoutOption(offered, ACCOUNT_OPTION);
  return (guildId) => (hasChoice(guildId) ? offered : single);
}

/** What there is to be offered, with nothing behind it: none of it is ever used. */
export function describeHandlers(): Pick<Handlers, 'commands' | 'messageCommands'> {
  const nothing: FeatureNeeds = Object.create(null);
  return buildHandlers(nothing);
}
