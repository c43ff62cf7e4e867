import type { Control } from '../core/handlers.ts';
import { turnLog } from './log-answers.ts';
import { deleteName } from './people-answers.ts';
import { listWords } from './setting-answers.ts';

const turnLogPage: Control = {
  name: 'mod-log',
  answers: 'update',
  async run({ caller, args: [before = '', member = '', ref = '', action = ''], services }) {
    services.permissions.requireAllowed('configure', caller);
    const filter = {
      ...(member !== '' && { member }),
      ...(ref !== '' && { ref }),
      ...(action !== '' && { action }),
    };
    return turnLog(caller, services, filter, Number.parseInt(before, 10) || undefined);
  },
};

const turnWordsPage: Control = {
  name: 'mod-words',
  answers: 'update',
  async run({ caller, args: [page = '0'], services }) {
    services.permissions.requireAllowed('configure', caller);
    return listWords({ caller, services }, Number.parseInt(page, 10) || 0);
  },
};

const confirmPrivacy: Control = {
  name: 'mod-privacy-yes',
  answers: 'update',
  async run({ caller, args: [memberId = ''], services }) {
    services.permissions.requireAllowed('configure', caller);
    return deleteName(memberId, caller, services);
  },
};

export const modControls: readonly Control[] = [turnLogPage, turnWordsPage, confirmPrivacy];
