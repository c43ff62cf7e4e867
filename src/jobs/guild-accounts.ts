import type { Account, Accounts } from '../backends/accounts/accounts.ts';
import { qualify, unqualify } from '../backends/accounts/job-ids.ts';
import { UserError } from '../shared/errors.ts';
import type { AccountNames, KnownAccount } from './account-names.ts';
import { problemWords } from './words.ts';

/** What a new job asks of its account. */
export interface SubmitNeeds {
  /** The key of the only account that will do. */
  readonly account?: string | undefined;
  /** Whether it is made from pictures instead of a prompt. */
  readonly hasPictures?: boolean;
}

/** The accounts as each server knows them: of another server's account it hears nothing. */
export class GuildAccounts implements AccountNames {
  readonly #accounts: Pick<Accounts, 'openTo' | 'ownOf' | 'find'>;
  readonly #isOwnClosed: (guildId: string) => boolean;

  /** @param isOwnClosed Whether a server has brought an account that cannot be used now; default: none has. */
  constructor(
    accounts: Pick<Accounts, 'openTo' | 'ownOf' | 'find'>,
    isOwnClosed: (guildId: string) => boolean = () => false,
  ) {
    this.#accounts = accounts;
    this.#isOwnClosed = isOwnClosed;
  }

  listOf(guildId: string): readonly KnownAccount[] {
    return this.#openTo(guildId).map(toKnown);
  }

  keyOf(board: string): string | undefined {
    const account = this.#accounts.find(board);
    return account && toKnown(account).key;
  }

  nameIn(guildId: string, board: string): string | undefined {
    const open = this.#openTo(guildId);
    return open.length > 1 ? open.find((account) => account === this.#accounts.find(board))?.name : undefined;
  }

  boardNameIn(guildId: string, board: string): string {
    const name = this.nameIn(guildId, board);
    const { text } = unqualify(board);
    if (name === undefined) return text;
    return (this.#accounts.find(board)?.backend.boards.length ?? 1) > 1 ? `${name} ${text}` : name;
  }

  /**
   * The board on which a server's new jobs go: of its own account, else of the first one that takes them; undefined
   * where none does. @throws UserError while its own account cannot be used: nobody else pays for its jobs then
   */
  submitBoardOf(guildId: string, { account: key, hasPictures = false }: SubmitNeeds = {}): string | undefined {
    if (key === undefined && this.#isOwnClosed(guildId))
      throw new UserError('own-account-closed', problemWords.ownAccountClosed);
    const own = this.#accounts.ownOf(guildId);
    const open = key === undefined && own !== undefined ? [own] : this.#openTo(guildId);
    const taking = open.filter(
      (account) => capabilitiesOf(account).submits && (key === undefined || toKnown(account).key === key),
    );
    const account = (hasPictures ? taking.find((one) => capabilitiesOf(one).takesPictures) : undefined) ?? taking[0];
    return account && qualify(account.id, account.backend.boards[0]);
  }

  #openTo(guildId: string): readonly Account[] {
    return this.#accounts.openTo(guildId);
  }
}

/** An account of the variables has no id, and a name that no other has. */
function toKnown({ id, name }: Account): KnownAccount {
  return { key: id ?? name, name };
}

function capabilitiesOf({ backend }: Account) {
  return backend.capabilities(backend.boards[0]);
}
