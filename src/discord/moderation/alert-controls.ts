import type { Control } from '../core/handlers.ts';
import { toSettingsAnswer } from './setting-answers.ts';

/** Under alerts that a setting can mend. */
const showSettings: Control = {
  name: 'alert-settings',
  answers: 'private',
  async run({ caller, services }) {
    services.permissions.requireAllowed('configure', caller);
    return toSettingsAnswer({ caller, services });
  },
};

export const alertControls: readonly Control[] = [showSettings];
