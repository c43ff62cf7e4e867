import { UserError } from '../../shared/errors.ts';
import type { Control } from '../handlers.ts';
import { toSettingsAnswer } from '../mod-settings.ts';
import { COLORS, toNoticeMessage } from '../views/notices.ts';
import { toSafeLine } from '../views/outside-text.ts';

const showSettings: Control = {
  name: 'alert-settings',
  answers: 'private',
  async run({ caller, services }) {
    services.permissions.requireAllowed('configure', caller);
    return toSettingsAnswer({ caller, services });
  },
};

/** Reset under an alert of a 596. */
const resetApiChannel: Control = {
  name: 'alert-reset',
  answers: 'private',
  async run({ caller, args: [version = '', apiChannel = ''], services }) {
    services.permissions.requireAllowed('configure', caller);
    if (version !== 'v2' && version !== 'v3')
      throw new UserError('reset-unknown', 'This alert is too old to reset from.');
    await services.acting.resetApiChannel(version, apiChannel);
    const sentence = `✅ The API channel \`${toSafeLine(apiChannel, 40)}\` is reset and takes jobs again, unless its account is still held up.`;
    return { message: toNoticeMessage(sentence, COLORS.good) };
  },
};

export const alertControls: readonly Control[] = [showSettings, resetApiChannel];
