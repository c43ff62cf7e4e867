import { toSettingsAnswer } from '../answers/mod-settings.ts';
import type { Control } from '../interactions/handlers.ts';

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
