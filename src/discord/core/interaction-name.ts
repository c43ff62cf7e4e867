import type { Interaction } from 'discord.js';
import { toCommandPath } from './command-options.ts';
import { toControlName } from './custom-id.ts';

/** What became of an interaction; `over`: Discord took no answer any more; `unanswered`: none came through. */
export type InteractionOutcome = 'answered' | 'refused' | 'failed' | 'over' | 'unanswered';

/** An interaction that was handled. */
export interface HandledInteraction {
  readonly kind: 'command' | 'suggestion' | 'control' | 'form' | 'message-command' | 'unknown';
  /** `/notify add`, or the name of a control: one of ours, or `unknown`. */
  readonly name: string;
  readonly outcome: InteractionOutcome;
  /** From when it was received until Discord had its first answer; undefined where it never had. */
  readonly acknowledgedMs?: number;
}

/** The names that there are. */
export interface KnownNames {
  readonly commands: ReadonlyMap<string, { readonly handlers: Readonly<Record<string, unknown>> }>;
  readonly controls: ReadonlyMap<string, unknown>;
  readonly forms: ReadonlyMap<string, unknown>;
  readonly messageCommands: ReadonlyMap<string, unknown>;
}

const UNKNOWN = 'unknown';

/** Names an interaction without anything that a person could have made up. */
export function toHandledName(
  interaction: Interaction,
  { commands, controls, forms, messageCommands }: KnownNames,
): Pick<HandledInteraction, 'kind' | 'name'> {
  if (interaction.isAutocomplete()) {
    const { commandName } = interaction;
    return { kind: 'suggestion', name: commands.has(commandName) ? `/${commandName}` : UNKNOWN };
  }
  if (interaction.isChatInputCommand()) {
    const path = toCommandPath(interaction);
    const handlers = commands.get(interaction.commandName)?.handlers ?? {};
    return { kind: 'command', name: Object.hasOwn(handlers, path) ? `/${path}` : UNKNOWN };
  }
  if (interaction.isMessageComponent()) return { kind: 'control', name: toKnown(interaction.customId, controls) };
  if (interaction.isModalSubmit()) return { kind: 'form', name: toKnown(interaction.customId, forms) };
  if (!interaction.isMessageContextMenuCommand()) return { kind: UNKNOWN, name: UNKNOWN };
  const { commandName } = interaction;
  return { kind: 'message-command', name: messageCommands.has(commandName) ? commandName : UNKNOWN };
}

function toKnown(customId: string, known: ReadonlyMap<string, unknown>): string {
  const name = toControlName(customId);
  return known.has(name) ? name : UNKNOWN;
}
