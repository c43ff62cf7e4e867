import type { Account } from './accounts.ts';

/** Whether there can be a server that may use several of these accounts. */
export function mayShareServer(accounts: readonly Pick<Account, 'guildIds'>[]): boolean {
  const limited = accounts.flatMap(({ guildIds }) => (guildIds === undefined ? [] : [[...new Set(guildIds)]]));
  const openCount = accounts.length - limited.length;
  const listed = limited.flat();
  if (openCount > 0) return openCount > 1 || listed.length > 0;
  return new Set(listed).size < listed.length;
}
