import type { APIApplicationCommandOptionChoice, APISelectMenuOption, APIStringSelectComponent } from 'discord.js';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from './blocks.ts';
import { COLORS } from './notices.ts';
import { uiWords } from './words.ts';

/** A choice of a job; its value is the job's ref. */
export type JobChoice = APIApplicationCommandOptionChoice<string>;

/** Makes the select that goes on with the job that is picked. */
export type ToJobSelect = (options: APISelectMenuOption[]) => APIStringSelectComponent;

/** Asks which of several jobs is meant. */
export function toMeantMessage(toSelect: ToJobSelect, choices: readonly JobChoice[]): OutgoingMessage {
  const select = toSelect(choices.map(({ name, value }) => ({ label: name, value })));
  return { components: [container(COLORS.busy, [text(uiWords.severalFit(choices.length)), row(select)])] };
}
