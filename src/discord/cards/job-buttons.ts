import { type APIActionRowComponent, type APIComponentInMessageActionRow, ButtonStyle } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import { isOnceOnly } from '../../jobs/submissions/press-rules.ts';
import { cutText } from '../../shared/text.ts';
import { row } from '../ui/blocks.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { layOutButtons } from './button-rows.ts';
import { pressButton, pressMore } from './card-controls.ts';
import { cardWords } from './words.ts';

/** Components that a card leaves for the job's buttons. */
const BUDGET = 23;
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

export const NO_BUTTONS: ButtonSet = { rows: [], textLength: 0, leftOut: 0 };

/** The job's whole button set in Midjourney's rows, what is too much for them in selects. Used ones are ticked. */
export function toButtonSet(job: Job, isEnabled: boolean, marks: ButtonMarks = NO_MARKS): ButtonSet {
  const used = toUsed(job, marks);
  const { rows, selects, leftOut } = layOutButtons(toLabels(job), BUDGET);
  const buttonRows = rows.map((labels) =>
    row(...labels.map((label) => toPressButton(job.ref, label, used.has(label), isEnabled))),
  );
  let first = rows.flat().length + 1;
  const selectRows = selects.map((labels, at) => {
    const placeholder = cardWords.moreButtons(first, first + labels.length - 1);
    first += labels.length;
    const options = labels.map((label) => toOption(label, used.has(label)));
    return row(pressMore.toSelect({ ref: job.ref, at: String(at) }, placeholder, options, !isEnabled));
  });
  return {
    rows: [...buttonRows, ...selectRows],
    textLength: rows.flat().reduce((sum, label) => sum + Math.min(label.length, LABEL_LENGTH) + 2, selects.length * 40),
    leftOut,
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

function toOption(label: string, isUsed: boolean) {
  const plain = toPlainLine(label);
  return { label: cutText(isUsed ? `${plain} ✓` : plain, OPTION_LENGTH), value: toLabelHash(label) };
}
