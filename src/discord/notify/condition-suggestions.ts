import type { APIApplicationCommandOptionChoice } from 'discord.js';
import type { AccountList } from '../../jobs/account-names.ts';
import { JobEvent } from '../../jobs/job-events.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import { DEFAULT_EVENTS } from '../../notifications/notification-events.ts';
import type { Autocomplete } from '../core/handlers.ts';
import { toAccountChoices } from '../ui/known-accounts.ts';
import { KNOWN_VERBS } from './verbs.ts';
import { ruleWords } from './words.ts';

type Choice = APIApplicationCommandOptionChoice<string>;

export interface ConditionNeeds {
  readonly permissions: Pick<Permissions, 'isAllowed'>;
  readonly accounts: AccountList;
}

const LIMIT = 25;
const CLEAR = 'none';
const HOURS = '22-07';
const USUAL_ZONES = ['UTC', 'Europe/London', 'Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'Asia/Tokyo'];
const QUIET = /^(?<hours>[\d:]+\s*[-–—]\s*[\d:]+)?\s*(?<zone>\S*)$/u;

/** Suggestions for what a rule can be limited to. */
export function conditionSuggestions({ permissions, accounts }: ConditionNeeds) {
  const forRules =
    (suggest: (text: string, guildId: string) => readonly Choice[]): Autocomplete =>
    ({ caller, text }) =>
      permissions.isAllowed('rules', caller) ? suggest(text.trim().toLowerCase(), caller.guildId).slice(0, LIMIT) : [];
  return {
    suggestEvents: forRules(toEventChoices),
    suggestVerbs: forRules(toVerbChoices),
    suggestQuietHours: forRules(toQuietChoices),
    suggestRuleAccounts: forRules((text, guildId) => toRuleAccountChoices(text, accounts, guildId)),
  };
}

/** The last word is what is being typed; what stands before it stays. */
function toEventChoices(text: string): readonly Choice[] {
  const words = text.split(/[\s,;]+/u);
  const typed = words.pop() ?? '';
  const before = JobEvent.options.filter((event) => words.includes(event));
  const fitting = JobEvent.options.filter((event) => event.startsWith(typed) && !before.includes(event));
  const lists = fitting.map((event) => [...before, event].join(', ')).map(toChoice);
  if (text !== '') return lists;
  return [
    { name: ruleWords.usualEvents(), value: DEFAULT_EVENTS.join(', ') },
    toChoice(JobEvent.options.join(', ')),
    ...lists,
  ];
}

function toVerbChoices(text: string): readonly Choice[] {
  const verbs = KNOWN_VERBS.filter((verb) => verb.includes(text)).map(toChoice);
  return CLEAR.startsWith(text) ? [...verbs, { name: ruleWords.anyVerbChoice(), value: CLEAR }] : verbs;
}

function toRuleAccountChoices(text: string, accounts: AccountList, guildId: string): readonly Choice[] {
  const own = toAccountChoices(accounts, guildId, text).slice(0, LIMIT - 1);
  return CLEAR.startsWith(text) ? [...own, { name: ruleWords.anyAccountChoice(), value: CLEAR }] : own;
}

/** Hours and a part of a time zone's name; either may be missing. */
function toQuietChoices(text: string): readonly Choice[] {
  const { hours = HOURS, zone = '' } = QUIET.exec(text)?.groups ?? {};
  const zones = zone === '' ? USUAL_ZONES : ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const fitting = [...new Set(zones)].filter((name) => name.toLowerCase().includes(zone));
  const choices = fitting.slice(0, LIMIT - 1).map((name) => toChoice(`${hours} ${name}`));
  return CLEAR.startsWith(text) ? [...choices, { name: ruleWords.noQuiet(), value: CLEAR }] : choices;
}

function toChoice(value: string): Choice {
  return { name: value, value };
}
