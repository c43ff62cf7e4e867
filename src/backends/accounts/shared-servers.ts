import type { Account } from './accounts.ts';

/**
 * Whether there can be a server that may use several of these accounts.
 * @param hasOwn Whether servers may bring accounts of their own besides.
 */
export function mayShareServer(accounts: readonly Pick<Account, 'guildIds'>[], hasOwn = false): boolean {
  if (hasOwn && accounts.some(({ guildIds }) => guildIds?.length !== 0)) return true;
  const limited = accounts.flatMap(({ guildIds }) => (guildIds === undefined ? [] : [[...new Set(guildIds)]]));
  const openCount = accounts.length - limited.length;
  const listed = limited.flat();
  if (openCount > 0) return openCount > 1 || listed.length > 0;
  return new Set(listed).size < listed.length;
}
