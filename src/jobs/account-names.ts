import type { Job } from './job.ts';

/** An account as the people of a server know it. */
export interface KnownAccount {
  /** Names it in options, rules and controls: 1 to 24 small letters, digits and hyphens. */
  readonly key: string;
  readonly name: string;
}

export interface AccountList {
  /** The accounts that a server may use, in the order of the configuration. */
  listOf(guildId: string): readonly KnownAccount[];
}

/** What accounts are called in each server: of another server's account it hears nothing. */
export interface AccountNames extends AccountList {
  /** The key of a board's account; undefined where there is none any more. */
  keyOf(board: string): string | undefined;
  /** The name of a board's account, where the server has others from which to tell it. */
  nameIn(guildId: string, board: string): string | undefined;
  /** What a board is called in a server: `v3`; by its account's name where the server has several: `Studio v3`. */
  boardNameIn(guildId: string, board: string): string;
}

/** The job as a server sees it that has several accounts; the job as it is where there is no name. */
export function withAccountName(job: Job, accountName: string | undefined): Job {
  return accountName === undefined ? job : { ...job, accountName };
}
