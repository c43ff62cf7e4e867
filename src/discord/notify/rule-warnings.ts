import type { Rule } from '../../notifications/rules/rule.ts';
import { toMentionWarnings } from '../core/channel-checks.ts';
import type { RoleDirectory } from '../core/guild-directory.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { KNOWN_VERBS } from './verbs.ts';
import { ruleWords } from './words.ts';

/** What may keep a rule from doing what its owner wants; `rules` are all of the server. */
export function toRuleWarnings(rule: Rule, rules: readonly Rule[], directory: RoleDirectory): string[] {
  const { verb } = rule;
  const twin = rules.find((other) => other.number !== rule.number && isSameRule(other, rule));
  return [
    ...(verb === undefined || KNOWN_VERBS.includes(verb) ? [] : [ruleWords.unknownVerb(toSafeLine(verb, 40))]),
    ...(twin === undefined ? [] : [ruleWords.duplicate(twin.number)]),
    ...toMentionWarnings(directory, rule),
  ];
}

function isSameRule(one: Rule, other: Rule): boolean {
  return toContent(one) === toContent(other);
}

/** What a rule does, whoever made it and however it stands. */
function toContent(rule: Rule): string {
  const {
    channelId,
    events,
    verb,
    type,
    account,
    apiChannel,
    promptWords = [],
    mentionRoleId,
    media,
    quiet,
    digest,
  } = rule;
  const prompt = [...promptWords].sort();
  const hours = quiet === undefined ? undefined : [quiet.fromMinute, quiet.toMinute, quiet.timeZone];
  return JSON.stringify([
    channelId,
    events,
    verb,
    type,
    account,
    apiChannel,
    prompt,
    mentionRoleId,
    media,
    hours,
    digest,
  ]);
}
