import { createHmac } from 'node:crypto';
import type { ScheduledAccount } from './scheduler-lists.ts';

const PLAIN = /^[\w.-]{1,40}$/;

/**
 * The accounts at a service, which stand in the place of API channels. One that is called by an e-mail address gets a
 * name of its own, the same as long as the token is the same.
 */
export class ServiceAccounts {
  readonly #token: string;
  readonly #byLabel = new Map<string, string>();
  /** How many jobs each of those runs that the last list named as open to jobs. */
  #loads: ReadonlyMap<string, number> = new Map();

  constructor(token: string) {
    this.#token = token;
  }

  /** What people may read of an account. */
  labelOf(account: string): string {
    if (PLAIN.test(account)) return account;
    const hash = createHmac('sha256', this.#token).update(account).digest('hex').slice(0, 6);
    return `account.${hash}`;
  }

  /** @param running The account of each job that runs. */
  note(accounts: readonly ScheduledAccount[], running: readonly string[]): void {
    for (const account of [...accounts.map(({ account: name }) => name), ...running])
      this.#byLabel.set(this.labelOf(account), account);
    const loadOf = (name: string) => running.filter((account) => account === name).length;
    this.#loads = new Map(accounts.map(({ account }) => [account, loadOf(account)]));
  }

  /** The account that people call so; undefined where no list has named it. */
  find(label: string): string | undefined {
    return this.#byLabel.get(label);
  }

  /** The one with the fewest jobs, where there are several to choose from. */
  leastBusy(): string | undefined {
    if (this.#loads.size < 2) return undefined;
    return [...this.#loads].reduce((best, next) => (next[1] < best[1] ? next : best))[0];
  }
}
