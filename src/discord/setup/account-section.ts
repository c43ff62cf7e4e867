import { type APIComponentInContainer, ButtonStyle } from 'discord.js';
import type { OwnAccountView } from '../../jobs/own-accounts/own-account.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { keepIt } from '../ui/keep-control.ts';
import { COLORS } from '../ui/notices.ts';
import { uiWords } from '../ui/words.ts';
import { askRemoveAccount, openAccountForm, removeAccount } from './setup-controls.ts';
import { ACCOUNT, accountLines, accountUnreadable } from './words.ts';

/** What the card of `/setup` says of a server's own account. */
export interface AccountFacts {
  /** Whether servers may bring one. */
  readonly isOffered: boolean;
  readonly account?: OwnAccountView;
}

/** Nothing where no account may be brought and none is there: nobody in the server could do anything about it. */
export function toAccountSection({ isOffered, account }: AccountFacts): APIComponentInContainer[] {
  if (account === undefined) {
    if (!isOffered) return [];
    return [text(`${ACCOUNT.heading}\n${ACCOUNT.intro}`), row(openAccountForm.toButton({}, ACCOUNT.bring))];
  }
  const { accountId, state } = account;
  const trouble = state === 'open' ? [] : [accountUnreadable(account, isOffered)];
  const change = isOffered ? [openAccountForm.toButton({}, ACCOUNT.change)] : [];
  const look = { style: ButtonStyle.Danger } as const;
  return [
    text([ACCOUNT.heading, ...accountLines(account), ...trouble].join('\n')),
    row(...change, askRemoveAccount.toButton({ accountId }, ACCOUNT.remove, look)),
  ];
}

/** Asks before a server's own account is removed. */
export function toRemoveQuestion({ accountId }: Pick<OwnAccountView, 'accountId'>): OutgoingMessage {
  const yes = removeAccount.toButton({ accountId }, ACCOUNT.remove, { style: ButtonStyle.Danger });
  return {
    components: [container(COLORS.warn, [text(ACCOUNT.removeQuestion), row(yes, keepIt.toButton({}, uiWords.keep))])],
  };
}
