import { ControlDefinition } from '../core/control.ts';
import { oneOf } from '../core/control-args.ts';
import type { ToJobSelect } from '../ui/meant-message.ts';
import { boardWords } from './board-words.ts';

const ACTIONS = ['show', 'family', 'cancel'] as const;
/** What is done with one of several jobs that words fit. */
type JobAction = (typeof ACTIONS)[number];

/** The select of jobs that the typed words fit, whose values are refs. */
export const pickMeantJob = new ControlDefinition({
  name: 'job-meant',
  args: { action: oneOf(...ACTIONS) },
  requires: 'view',
  acknowledges: 'private',
});

/** Of the jobs that the typed words fit. */
export function toMeantSelect(action: JobAction): ToJobSelect {
  return (options) => pickMeantJob.toSelect({ action }, boardWords.pick(action), options);
}
