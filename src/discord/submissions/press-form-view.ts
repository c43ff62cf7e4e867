import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import { type ButtonNeed, withZoom } from '../../jobs/submissions/press-rules.ts';
import { REGIONS } from '../../media/region-mask.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { type ArgValues, optional, required } from '../core/control-args.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { submissionWords } from './words.ts';

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
const MAX_FIELD = 4_000;
const MAX_TITLE = 45;

/** The form of a button that is pressed with a prompt, or a mask and a prompt. */
export function toPressForm({
  target,
  label,
  need,
  prompt,
  allowance,
}: PressFormOptions): APIModalInteractionResponseCallbackData {
  const hint =
    allowance === '' ? submissionWords.hints[need] : submissionWords.spendsOne(submissionWords.hints[need], allowance);
  const shown = need === 'prompt' ? withZoom(prompt ?? '') : prompt;
  const fields = [toPromptField(hint, need !== 'mask', shown)];
  return {
    custom_id: pressForm.toCustomId(target),
    title: cutText(toPlainLine(label), MAX_TITLE),
    components: need === 'mask' ? [REGION_FIELD, MASK_FIELD, ...fields] : fields,
  };
}

const REGION_FIELD: APILabelComponent = {
  type: ComponentType.Label,
  label: submissionWords.region,
  description: submissionWords.regionHint,
  component: {
    type: ComponentType.StringSelect,
    custom_id: 'region',
    placeholder: submissionWords.pickRegion,
    required: false,
    min_values: 0,
    max_values: 1,
    options: REGIONS.map((region) => ({ label: submissionWords.regions[region], value: region })),
  },
};

const MASK_FIELD: APILabelComponent = {
  type: ComponentType.Label,
  label: submissionWords.mask,
  description: submissionWords.maskHint,
  component: { type: ComponentType.FileUpload, custom_id: 'mask', min_values: 0, max_values: 1, required: false },
};

function toPromptField(hint: string, isRequired: boolean, prompt: string | undefined): APILabelComponent {
  const isSound = prompt !== undefined && prompt !== '' && prompt.length <= MAX_FIELD;
  const isTooLong = prompt !== undefined && prompt.length > MAX_FIELD;
  return {
    type: ComponentType.Label,
    label: submissionWords.prompt,
    description: cutText(isTooLong ? submissionWords.promptTooLong(prompt.length, MAX_FIELD) : hint, 100),
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
