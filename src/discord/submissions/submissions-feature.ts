import type { Answer } from '../core/answer.ts';
import type { Control, Form } from '../core/handlers.ts';
import { type ResetNeeds, resetControls } from './press-blocked.ts';
import { type PressControlNeeds, pressControls } from './press-controls.ts';
import { type FormNeeds, pressForms } from './press-forms.ts';
import { runSubmit, type SubmitCall, type SubmitNeeds, submitControls } from './run-prompt.ts';
import { type CancelNeeds, waitingControls } from './submission-controls.ts';

export type SubmissionsNeeds = SubmitNeeds & PressControlNeeds & FormNeeds & CancelNeeds & ResetNeeds;

/** `/imagine`, the buttons of jobs, and what is under their replies. */
export interface SubmissionsFeature {
  submit(call: SubmitCall, prompt: string, apiChannel: string | undefined): Promise<Answer>;
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
}

export function submissionsFeature(needs: SubmissionsNeeds): SubmissionsFeature {
  return {
    submit: (call, prompt, apiChannel) => runSubmit(needs, call, prompt, apiChannel),
    controls: [...pressControls(needs), ...submitControls(needs), ...waitingControls(needs), ...resetControls(needs)],
    forms: pressForms(needs),
  };
}
