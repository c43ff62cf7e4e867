import type { AccountList } from '../../jobs/account-names.ts';
import { parseEvents } from '../../notifications/rules/events.ts';
import { parseQuietHours } from '../../notifications/rules/quiet-hours.ts';
import type { RuleChange } from '../../notifications/rules/rule-store.ts';
import { UserError } from '../../shared/errors.ts';
import { toWords } from '../../shared/fold-text.ts';
import { cutText } from '../../shared/text.ts';
import { ACCOUNT_OPTION } from '../core/account-option.ts';
import { toApiChannel } from '../core/api-channel.ts';
import type { Caller } from '../core/caller.ts';
import type { CommandOptions } from '../core/command-options.ts';
import { requireAccount } from '../ui/known-accounts.ts';
import type { EditedField } from './rule-controls.ts';
import { ruleWords } from './words.ts';

/** What a person types to clear an option of a rule. */
const CLEAR = 'none';
const MAX_WORDS = 10;

/**
 * The options of `/notify add` and `/notify edit` as changes to a rule; only those that were given; a blank text says
 * nothing.
 * @throws UserError
 */
export function toRuleChange(options: CommandOptions, guildId: string, accounts: AccountList): RuleChange {
  const events = notBlank(options.string('events'));
  const digest = options.number('digest');
  const media = options.string('media');
  return {
    ...given('channelId', options.string('channel')),
    ...(events !== undefined && { events: [...parseEvents(events)] }),
    ...clearable('verb', options.string('verb'), (text) => cutText(text.toLowerCase(), 40, '')),
    ...clearable('type', options.string('type'), toType),
    ...clearable('apiChannel', options.string('api-channel'), toApiChannel),
    ...clearable('account', options.string(ACCOUNT_OPTION), (text) => requireAccount(accounts, guildId, text).key),
    ...clearable('promptWords', options.string('prompt'), toPromptWords),
    ...clearable('quiet', options.string('quiet'), parseQuietHours),
    ...toMentionChange(options, guildId),
    ...(digest !== undefined && { digest: digest === 0 ? undefined : digest }),
    ...((media === 'full' || media === 'spoiler' || media === 'none') && { media }),
  };
}

/** @throws UserError where somebody and nobody is to be pinged. */
function toMentionChange(options: CommandOptions, guildId: string): Pick<RuleChange, 'mentionRoleId'> {
  const mention = options.string('mention');
  if (options.boolean('mention-nobody') !== true) {
    return mention === undefined ? {} : { mentionRoleId: mention === guildId ? undefined : mention };
  }
  if (mention !== undefined && mention !== guildId) throw new UserError('mention-twice', ruleWords.mentionTwice());
  return { mentionRoleId: undefined };
}

/** What was picked in the editor. */
export interface PickedField {
  readonly field: EditedField;
  readonly values: readonly string[];
}

/** What was picked for a field of the editor as a change; nothing picked clears it. @throws UserError */
export function toFieldChange(
  { guildId }: Pick<Caller, 'guildId'>,
  { field, values: [value = CLEAR, ...more] }: PickedField,
  accounts: AccountList,
): RuleChange {
  const isCleared = value === CLEAR;
  switch (field) {
    case 'events':
      return { events: [...parseEvents([value, ...more].join(','))] };
    case 'verb':
      return { verb: isCleared ? undefined : cutText(value.toLowerCase(), 40, '') };
    case 'type':
      return { type: isCleared ? undefined : toType(value) };
    case 'account':
      return { account: isCleared ? undefined : requireAccount(accounts, guildId, value).key };
    case 'media':
      return { media: value === 'spoiler' || value === 'none' ? value : 'full' };
    case 'digest': {
      const count = Number.parseInt(value, 10);
      return { digest: count > 0 ? count : undefined };
    }
    case 'mention':
      return { mentionRoleId: isCleared || value === guildId ? undefined : value };
  }
}

function notBlank(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

function given<K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in K]: V });
}

function clearable<K extends string, V>(name: K, text: string | undefined, read: (text: string) => V) {
  const said = notBlank(text)?.trim();
  if (said === undefined) return {} as { readonly [key in K]?: V | undefined };
  const value = said.toLowerCase() === CLEAR ? undefined : read(said);
  return { [name]: value } as { readonly [key in K]?: V | undefined };
}

function toType(text: string): 'image' | 'video' {
  return text === 'video' ? 'video' : 'image';
}

function toPromptWords(text: string): string[] {
  const words = [...new Set(toWords(text))];
  if (words.length > 0 && words.length <= MAX_WORDS) return words;
  throw new UserError('prompt-words', ruleWords.promptWords(MAX_WORDS, CLEAR));
}
