import type { Control, Form } from './core/handlers.ts';
import { boardControls } from './jobs/board-controls.ts';
import { familyControls } from './jobs/family-controls.ts';
import { jobControls } from './jobs/job-controls.ts';
import { shareControls } from './jobs/share-controls.ts';
import { pressControls } from './submissions/press-controls.ts';
import { pressForms } from './submissions/press-forms.ts';
import { submitControls } from './submissions/run-prompt.ts';
import { actControls } from './submissions/submission-controls.ts';

/** All buttons and selects. */
export const controls: readonly Control[] = [
  ...actControls,
  ...boardControls,
  ...familyControls,
  ...jobControls,
  ...pressControls,
  ...shareControls,
  ...submitControls,
];

/** All forms. */
export const forms: readonly Form[] = pressForms;
