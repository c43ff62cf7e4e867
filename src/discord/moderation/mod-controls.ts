import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { keepIt } from '../ui/keep-control.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { uiWords } from '../ui/words.ts';
import { showSettings } from './alert-message.ts';
import type { LogHandlers } from './log-handlers.ts';
import { turnLogPage } from './log-page.ts';
import type { MemberHandlers } from './member-handlers.ts';
import { confirmDeletion } from './member-pages.ts';
import type { SettingHandlers } from './setting-handlers.ts';
import { turnWordsPage, undoSetting } from './settings-page.ts';

export interface ModHandlers {
  readonly settings: Pick<SettingHandlers, 'show' | 'listWords' | 'undo'>;
  readonly log: Pick<LogHandlers, 'turn'>;
  readonly members: Pick<MemberHandlers, 'deleteName'>;
}

/** What is under the replies of `/mod`, and under alerts that a setting can mend. */
export function modControls({ settings, log, members }: ModHandlers): Control[] {
  return [
    onControl(showSettings, ({ caller }) => settings.show({ caller })),
    onControl(keepIt, async () => ({ message: toNoticeMessage(uiWords.kept, COLORS.quiet) })),
    onControl(undoSetting, ({ caller, args: { entry } }) => settings.undo(caller, entry)),
    onControl(turnLogPage, ({ caller, args: { before, member, ref, action } }) =>
      log.turn(caller, { member, ref, action }, before),
    ),
    onControl(turnWordsPage, ({ caller, args: { page } }) => settings.listWords(caller, page)),
    onControl(confirmDeletion, ({ caller, args: { memberId } }) => members.deleteName(caller, memberId)),
  ];
}
