import type { OwnAccounts } from '../../jobs/own-accounts/own-accounts.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { AccountDrafts } from './account-drafts.ts';
import { readAccountForm, toAccountForm } from './account-form.ts';
import { type AccountFacts, toRemoveQuestion } from './account-section.ts';
import type { SetupNote } from './setup-card.ts';
import { ACCOUNT, ACCOUNT_PROBLEMS, accountKept } from './words.ts';

export interface AccountNeeds {
  readonly ownAccounts: Pick<OwnAccounts, 'isOffered' | 'find' | 'bring' | 'remove'>;
}

/** What the card of `/setup` does with a server's own account. */
export interface AccountHandlers {
  /** From memory. */
  readonly form: (caller: Caller) => ReturnType<typeof toAccountForm>;
  /** Keeps what was typed where its server answers; says what came of it. */
  readonly bring: (caller: Caller, fields: Readonly<Record<string, string>>) => Promise<SetupNote>;
  readonly askRemove: (caller: Caller, accountId: string) => Promise<Answer>;
  readonly remove: (caller: Caller, accountId: string) => Promise<Answer>;
}

export function accountHandlers({ ownAccounts }: AccountNeeds): AccountHandlers {
  const drafts = new AccountDrafts();
  return {
    form: (caller) => toAccountForm(drafts.get(caller) ?? ownAccounts.find(caller.guildId)),
    async bring(caller, fields) {
      const input = readAccountForm(fields);
      const result = await ownAccounts.bring(caller.guildId, caller.userId, input);
      if (result.outcome === 'not-kept') {
        drafts.set(caller, input);
        return { sentence: ACCOUNT_PROBLEMS[result.why], isProblem: true };
      }
      drafts.delete(caller);
      return { sentence: accountKept(result.outcome) };
    },
    async askRemove({ guildId }, accountId) {
      if (ownAccounts.find(guildId)?.accountId !== accountId) throw changedSince();
      return { message: toRemoveQuestion({ accountId }) };
    },
    async remove({ guildId, userId }, accountId) {
      if (!(await ownAccounts.remove(guildId, userId, accountId))) throw changedSince();
      return { message: toNoticeMessage(ACCOUNT.removed, COLORS.good) };
    },
  };
}

/** What a server's own account is now, for its card. */
export function toAccountFacts({ ownAccounts }: AccountNeeds, guildId: string): AccountFacts {
  const account = ownAccounts.find(guildId);
  const { isOffered } = ownAccounts;
  return account === undefined ? { isOffered } : { isOffered, account };
}

function changedSince(): UserError {
  return new UserError('account-changed', ACCOUNT.changedSince);
}
