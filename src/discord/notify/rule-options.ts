import { parseEvents } from '../../notifications/rules/events.ts';
import { parseQuietHours } from '../../notifications/rules/quiet-hours.ts';
import type { RuleChange } from '../../notifications/rules/rule-store.ts';
import { UserError } from '../../shared/errors.ts';
import { toWords } from '../../shared/fold-text.ts';
import { cutText } from '../../shared/text.ts';
import { toApiChannel } from '../core/api-channel.ts';
import type { CommandOptions } from '../core/command-options.ts';

/** What a person types to clear an option of a rule. */
const CLEAR = 'none';
const MAX_WORDS = 10;

/** The options of `/notify add` and `/notify edit` as changes to a rule; only those that were given; a blank text says nothing. @throws UserError */
export function toRuleChange(options: CommandOptions, guildId: string): RuleChange {
  const events = notBlank(options.string('events'));
  const digest = options.number('digest');
  const mention = options.string('mention');
  const media = options.string('media');
  return {
    ...given('channelId', options.string('channel')),
    ...(events !== undefined && { events: [...parseEvents(events)] }),
    ...clearable('verb', options.string('verb'), (text) => cutText(text.toLowerCase(), 40, '')),
    ...clearable('type', options.string('type'), toType),
    ...clearable('apiChannel', options.string('api-channel'), toApiChannel),
    ...clearable('promptWords', options.string('prompt'), toPromptWords),
    ...clearable('quiet', options.string('quiet'), parseQuietHours),
    ...(mention !== undefined && { mentionRoleId: mention === guildId ? undefined : mention }),
    ...(digest !== undefined && { digest: digest === 0 ? undefined : digest }),
    ...((media === 'full' || media === 'spoiler' || media === 'none') && { media }),
  };
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
  throw new UserError(
    'prompt-words',
    `Give one to ${MAX_WORDS} words that must occur in the prompt, or \`${CLEAR}\` for any prompt.`,
  );
}
