import type { Answer } from '../core/answer.ts';
import type { Control, Form } from '../core/handlers.ts';
import type { GivenPictures } from './given-pictures.ts';
import { type ResetNeeds, resetControls } from './press-blocked.ts';
import { type PressControlNeeds, pressControls } from './press-controls.ts';
import { type FormNeeds, pressForms } from './press-forms.ts';
import { runSubmit, type SubmitCall, type SubmitNeeds, submitControls } from './run-prompt.ts';
import { type CancelNeeds, waitingControls } from './submission-controls.ts';
import type { SubmitTarget } from './submit-target.ts';

export type SubmissionsNeeds = SubmitNeeds & PressControlNeeds & FormNeeds & CancelNeeds & ResetNeeds;

/** `/imagine`, `/describe`, `/blend`, the buttons of jobs, and what is under their replies. */
export interface SubmissionsFeature {
  submit(call: SubmitCall, prompt: string, target: SubmitTarget): Promise<Answer>;
  submitPictures(call: SubmitCall, given: GivenPictures, target: SubmitTarget): Promise<Answer>;
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
}

export function submissionsFeature(needs: SubmissionsNeeds): SubmissionsFeature {
  return {
    submit: (call, prompt, target) => runSubmit(needs, call, { prompt, target }),
    submitPictures: (call, { name: prompt, pictures }, target) => runSubmit(needs, call, { prompt, target, pictures }),
    controls: [...pressControls(needs), ...submitControls(needs), ...waitingControls(needs), ...resetControls(needs)],
    forms: pressForms(needs),
  };
}
