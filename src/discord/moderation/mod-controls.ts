import type { Control } from '../core/handlers.ts';
import type { LogHandlers } from './log-handlers.ts';
import type { MemberHandlers } from './member-handlers.ts';
import type { SettingHandlers } from './setting-handlers.ts';

export interface ModHandlers {
  readonly settings: Pick<SettingHandlers, 'show' | 'listWords'>;
  readonly log: Pick<LogHandlers, 'turn'>;
  readonly members: Pick<MemberHandlers, 'deleteName'>;
}

/** What is under the replies of `/mod`, and under alerts that a setting can mend. */
export function modControls({ settings, log, members }: ModHandlers): Control[] {
  return [
    guarded({ name: 'alert-settings', acknowledges: 'private', run: (call) => settings.show(call) }),
    guarded({
      name: 'mod-log',
      acknowledges: 'update',
      run: async ({ caller, args: [before = '', member = '', ref = '', action = ''] }) => {
        const filter = {
          ...(member !== '' && { member }),
          ...(ref !== '' && { ref }),
          ...(action !== '' && { action }),
        };
        return log.turn(caller, filter, Number.parseInt(before, 10) || undefined);
      },
    }),
    guarded({
      name: 'mod-words',
      acknowledges: 'update',
      run: ({ caller, args: [page = '0'] }) => settings.listWords(caller, Number.parseInt(page, 10) || 0),
    }),
    guarded({
      name: 'mod-privacy-yes',
      acknowledges: 'update',
      run: ({ caller, args: [memberId = ''] }) => members.deleteName(caller, memberId),
    }),
  ];
}

/** All of it is for those who may change the settings. */
function guarded(control: Extract<Control, { acknowledges: 'update' | 'private' | 'beside' }>): Control {
  return {
    ...control,
    async run(call) {
      call.services.permissions.requireAllowed('configure', call.caller);
      return control.run(call);
    },
  };
}
