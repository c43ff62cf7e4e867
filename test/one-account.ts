import type { AccountNames } from '../src/jobs/account-names.ts';

/** What servers with a single account read of it: nothing. */
export const oneAccount: AccountNames = {
  listOf: () => [{ key: 'useapi', name: 'useapi' }],
  keyOf: () => 'useapi',
  nameIn: () => undefined,
  boardNameIn: (_guildId, board) => board,
};
