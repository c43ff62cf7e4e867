import { actControls } from './components/act-controls.ts';
import { alertControls } from './components/alert-controls.ts';
import { boardControls } from './components/board-controls.ts';
import { familyControls } from './components/family-controls.ts';
import { jobControls } from './components/job-controls.ts';
import { modControls } from './components/mod-controls.ts';
import { pressControls } from './components/press-controls.ts';
import { pressForms } from './components/press-forms.ts';
import { reviewControls, reviewForms } from './components/review-controls.ts';
import { ruleControls } from './components/rule-controls.ts';
import { shareControls } from './components/share-controls.ts';
import { submitControls } from './components/submit-run.ts';
import { watchControls } from './components/watch-controls.ts';
import type { Control, Form } from './interactions/handlers.ts';

/** All buttons and selects. */
export const controls: readonly Control[] = [
  ...actControls,
  ...alertControls,
  ...boardControls,
  ...familyControls,
  ...jobControls,
  ...modControls,
  ...pressControls,
  ...reviewControls,
  ...ruleControls,
  ...shareControls,
  ...submitControls,
  ...watchControls,
];

/** All forms. */
export const forms: readonly Form[] = [...pressForms, ...reviewForms];
