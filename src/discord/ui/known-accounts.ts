import type { APIApplicationCommandOptionChoice } from 'discord.js';
import type { AccountList, KnownAccount } from '../../jobs/account-names.ts';
import { UserError } from '../../shared/errors.ts';
import { toSafeLine } from './outside-text.ts';
import { accountWords } from './words.ts';

const MAX_CHOICES = 25;

/**
 * The account of the server that a person means by its key or its name.
 * @throws UserError for any other text: the account of another server is none here.
 */
export function requireAccount(accounts: AccountList, guildId: string, text: string): KnownAccount {
  const own = accounts.listOf(guildId);
  const said = text.trim().toLowerCase();
  const meant = own.find(({ key }) => key === said) ?? own.find(({ name }) => name.toLowerCase() === said);
  if (meant !== undefined) return meant;
  throw new UserError('account-unknown', accountWords.unknown(own.map(({ name }) => toAccountText(name))));
}

/** What an account is called, for a line of a message. */
export function toAccountText(name: string): string {
  return toSafeLine(name, 40);
}

/** A job by its ref, with its account where the server has several. */
export function toJobOnAccount(ref: string, accountName: string | undefined): string {
  return accountWords.jobOn(ref, accountName === undefined ? undefined : toAccountText(accountName));
}

/** Suggestions for the option `account`. */
export function toAccountChoices(
  accounts: AccountList,
  guildId: string,
  text: string,
): APIApplicationCommandOptionChoice<string>[] {
  const typed = text.trim().toLowerCase();
  const fitting = accounts.listOf(guildId).filter(({ key, name }) => `${name} ${key}`.toLowerCase().includes(typed));
  return fitting.slice(0, MAX_CHOICES).map(({ key, name }) => ({ name, value: key }));
}
