import { type APIActionRowComponent, type APIComponentInMessageActionRow, ButtonStyle } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import { isOnceOnly } from '../../jobs/submissions/press-rules.ts';
import { toChunks } from '../../shared/chunks.ts';
import { cutText } from '../../shared/text.ts';
import { row } from '../ui/blocks.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { pressButton, pressMore } from './card-controls.ts';

const BUTTON_COUNT = 15;
const BUTTONS_PER_ROW = 5;
const OPTIONS_PER_SELECT = 25;
const SELECT_COUNT = 3;
const LABEL_LENGTH = 80;
const OPTION_LENGTH = 100;

/** Who pressed a button here, and what came of it. */
export interface ButtonMark {
  readonly by: string;
  readonly childRef?: string;
  /** Leads to the child's card. */
  readonly link?: string;
  /** It waits its turn and was not sent yet. */
  readonly isWaiting: boolean;
}

/** By label. */
export type ButtonMarks = ReadonlyMap<string, ButtonMark>;

export const NO_MARKS: ButtonMarks = new Map();

export interface ButtonSet {
  readonly rows: readonly APIActionRowComponent<APIComponentInMessageActionRow>[];
  /** Characters of all labels, which count against a message's text. */
  readonly textLength: number;
  /** Buttons that found no place. */
  readonly leftOut: number;
}

/** The job's whole button set, in the API's order: up to 15 as buttons, more in selects. Used ones are ticked. */
export function toButtonSet(job: Job, isEnabled: boolean, marks: ButtonMarks = NO_MARKS): ButtonSet {
  const labels = toLabels(job);
  const used = toUsed(job, marks);
  const direct = labels.slice(0, BUTTON_COUNT);
  const more = labels.slice(BUTTON_COUNT, BUTTON_COUNT + SELECT_COUNT * OPTIONS_PER_SELECT);
  const buttons = direct.map((label) => toPressButton(job.ref, label, used.has(label), isEnabled));
  const buttonRows = toChunks(buttons, BUTTONS_PER_ROW).map((some) => row(...some));
  const selects = toChunks(more, OPTIONS_PER_SELECT).map((some, at) =>
    row(toPressSelect(job.ref, some, at, used, isEnabled)),
  );
  return {
    rows: [...buttonRows, ...selects],
    textLength: direct.reduce((sum, label) => sum + Math.min(label.length, LABEL_LENGTH) + 2, selects.length * 40),
    leftOut: labels.length - direct.length - more.length,
  };
}

/** The API's labels as they are pressed: verbatim, each once, empty ones left out. */
export function toLabels(job: Job): string[] {
  return [...new Set(job.buttons)].filter((label) => toPlainLine(label) !== '');
}

function toUsed(job: Job, marks: ButtonMarks): ReadonlySet<string> {
  return new Set([...marks.keys(), ...job.children.flatMap(({ button: label }) => label ?? [])]);
}

function toPressButton(ref: string, label: string, isUsed: boolean, isEnabled: boolean) {
  const shown = cutText(toPlainLine(label), LABEL_LENGTH - 2);
  return pressButton.toButton({ ref, labelHash: toLabelHash(label) }, isUsed ? `${shown} ✓` : shown, {
    style: isUsed && isOnceOnly(label) ? ButtonStyle.Success : ButtonStyle.Secondary,
    isDisabled: !isEnabled,
  });
}

function toPressSelect(
  ref: string,
  labels: readonly string[],
  at: number,
  used: ReadonlySet<string>,
  isEnabled: boolean,
) {
  const first = BUTTON_COUNT + at * OPTIONS_PER_SELECT + 1;
  const options = labels.map((label) => ({
    label: cutText(used.has(label) ? `${toPlainLine(label)} ✓` : toPlainLine(label), OPTION_LENGTH),
    value: toLabelHash(label),
  }));
  return pressMore.toSelect(
    { ref, at: String(at) },
    `More buttons, ${first} to ${first + labels.length - 1}`,
    options,
    !isEnabled,
  );
}
