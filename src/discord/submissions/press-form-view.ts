import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import type { ButtonNeed } from '../../jobs/submissions/press-rules.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { type ArgValues, optional, required } from '../core/control-args.ts';
import { toPlainLine } from '../ui/outside-text.ts';

/** The form of a press with a prompt, or a mask and a prompt. */
export const pressForm = new ControlDefinition({
  name: 'press-form',
  args: { ref: required, labelHash: required, cardId: optional },
  requires: 'press',
  acknowledges: 'beside',
});

export interface PressFormOptions {
  readonly target: ArgValues<(typeof pressForm)['shape']['args']>;
  readonly label: string;
  readonly need: ButtonNeed;
  /** What the field holds at first. */
  readonly prompt?: string | undefined;
  /** `7 of 20 today`; empty where nothing limits. */
  readonly allowance: string;
}

/** What a text field of a form holds at most. */
export const MAX_FIELD = 4_000;
const MAX_TITLE = 45;
const MASK_TEXT = 'A PNG as large as the picture: white is what changes, black is what stays.';
const HINTS: Readonly<Record<ButtonNeed, string>> = {
  nothing: 'What the new job is made from, where the account’s Remix mode is on.',
  prompt: 'Ends with --zoom and a number from 1 to 2, or with another --ar.',
  mask: 'What is to be in the white part.',
};

/** The form of a button that is pressed with a prompt, or a mask and a prompt. */
export function toPressForm({
  target,
  label,
  need,
  prompt,
  allowance,
}: PressFormOptions): APIModalInteractionResponseCallbackData {
  const hint = allowance === '' ? HINTS[need] : `${HINTS[need]} Spends one: ${allowance}.`;
  const fields = [toPromptField(hint, need !== 'mask', prompt)];
  return {
    custom_id: pressForm.toCustomId(target),
    title: cutText(toPlainLine(label), MAX_TITLE),
    components: need === 'mask' ? [MASK_FIELD, ...fields] : fields,
  };
}

const MASK_FIELD: APILabelComponent = {
  type: ComponentType.Label,
  label: 'Mask',
  description: MASK_TEXT,
  component: { type: ComponentType.FileUpload, custom_id: 'mask', min_values: 1, max_values: 1, required: true },
};

function toPromptField(hint: string, isRequired: boolean, prompt: string | undefined): APILabelComponent {
  const isSound = prompt !== undefined && prompt !== '' && prompt.length <= MAX_FIELD;
  const isTooLong = prompt !== undefined && prompt.length > MAX_FIELD;
  return {
    type: ComponentType.Label,
    label: 'Prompt',
    description: cutText(isTooLong ? toTooLongHint(prompt.length) : hint, 100),
    component: {
      type: ComponentType.TextInput,
      custom_id: 'prompt',
      style: TextInputStyle.Paragraph,
      required: isRequired,
      max_length: MAX_FIELD,
      ...(isSound && { value: prompt.toWellFormed() }),
    },
  };
}

/** Why the field is empty, and what to do. */
function toTooLongHint(length: number): string {
  return `The prompt has ${length} characters, this field holds ${MAX_FIELD}: write a shorter one.`;
}
