/** `own-`, the server's id and the second in which the account was brought, both in base 36. */
const OWN_ID = /^own-([0-9a-z]{1,13})-[0-9a-z]{1,6}$/;
const BASE = 36;

/**
 * The id of an account that a server brings, of 24 signs at most. It names the server, so that the jobs of an account
 * that is gone still belong to somebody.
 * @param guildId 1 to 20 digits.
 * @param now Epoch milliseconds.
 */
export function toOwnId(guildId: string, now: number): string {
  return `own-${BigInt(guildId).toString(BASE)}-${Math.floor(now / 1000).toString(BASE)}`;
}

/** The server that an account was brought by; undefined for an account of whoever runs the bot. */
export function toOwnerGuildId(accountId: string): string | undefined {
  const [, guild] = OWN_ID.exec(accountId) ?? [];
  return (
    guild &&
    Array.from(guild)
      .reduce((sum, sign) => sum * BigInt(BASE) + BigInt(Number.parseInt(sign, BASE)), 0n)
      .toString()
  );
}
