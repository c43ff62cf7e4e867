import type { APIButtonComponent, APIComponentInContainer } from 'discord.js';
import type { KnownAccount } from '../../jobs/account-names.ts';
import { formatQuietHours } from '../../notifications/rules/quiet-hours.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, row, text, toPageWithin } from '../ui/blocks.ts';
import { toAccountText } from '../ui/known-accounts.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toRefusalText } from '../ui/refusal-text.ts';
import { editRule, pauseRule, postSample, removeRule, resumeRule, turnRulesPage, undoRule } from './rule-controls.ts';
import { ruleWords } from './words.ts';

/** Five rules with four buttons each are what Discord's 40 components leave room for. */
const RULES_PER_PAGE = 5;
const RULE_LENGTH = 640;

/** The permissions that the bot lacks in a rule's channel. */
type MissingIn = (rule: Rule) => readonly string[];
const NOTHING_MISSING: MissingIn = () => [];

/** What is known of the server, besides its rules. */
export interface RuleView {
  readonly missingIn?: MissingIn;
  /** Those that the server may use. */
  readonly accounts?: readonly KnownAccount[];
}

/** What was just done to a rule of a list. */
export interface Done {
  readonly did: string;
  /** The change that an Undo takes back. */
  readonly revision: number | undefined;
}

/** One rule in words: where, what, and what is special about it. */
export function toRuleText(rule: Rule, { missingIn = NOTHING_MISSING, accounts = [] }: RuleView = {}): string {
  const conditions = [
    rule.verb && ruleWords.verb(toSafeLine(rule.verb, 40)),
    rule.type && ruleWords.type(rule.type),
    rule.apiChannel && ruleWords.apiChannel(toSafeLine(rule.apiChannel, 40)),
    rule.account && ruleWords.account(toAccountText(toAccountName(rule.account, accounts))),
    rule.promptWords && ruleWords.prompt(toSafeLine(rule.promptWords.join(' '), 80)),
    rule.mentionRoleId && ruleWords.mentions(rule.mentionRoleId),
    rule.media !== 'full' && ruleWords.media(rule.media),
    rule.quiet && ruleWords.quiet(toSafeLine(formatQuietHours(rule.quiet), 60)),
    rule.digest !== undefined && ruleWords.digest(rule.digest),
  ].filter(Boolean);
  const more = conditions.length > 0 ? ` · ${conditions.join(' · ')}` : '';
  const what = ruleWords.rule(rule.number, rule.channelId, rule.events);
  return cutText(`${what}${more}${toStateText(rule, missingIn)}`, RULE_LENGTH);
}

/** What the account with this key is called; one that is not the server's has no name there. */
export function toAccountName(key: string, accounts: readonly KnownAccount[]): string {
  return accounts.find((known) => known.key === key)?.name ?? ruleWords.goneAccount();
}

function toStateText(rule: Rule, missingIn: MissingIn): string {
  const { paused, suspended, delayed } = rule;
  if (suspended !== undefined) {
    const why = toRefusalText({ ...suspended, missing: missingIn(rule) });
    return `\n-# ${ruleWords.suspended(suspended.at, why)}`;
  }
  const waits = delayed === undefined ? '' : `\n-# ${ruleWords.delayed(delayed.at, toRefusalText(delayed))}`;
  return paused === undefined ? waits : `${waits}\n-# ${toPausedText(paused)}`;
}

function toPausedText({ at, by }: NonNullable<Rule['paused']>): string {
  return by === undefined ? ruleWords.isPausedByLeaving(at) : ruleWords.isPaused(at, by);
}

/** A page of a server's rules, each with what can be done with it. */
export function toRulesList(
  rules: readonly Rule[],
  page: number,
  { done, ...view }: RuleView & { readonly done?: Done } = {},
): OutgoingMessage {
  const pageCount = Math.max(1, Math.ceil(rules.length / RULES_PER_PAGE));
  const at = toPageWithin(page, pageCount);
  const body: APIComponentInContainer[] = [...toDoneBlocks(done, at + 1)];
  body.push(text(rules.length === 0 ? ruleWords.none() : ruleWords.heading(rules.length)));
  for (const rule of rules.slice(at * RULES_PER_PAGE, (at + 1) * RULES_PER_PAGE)) {
    body.push(text(toRuleText(rule, view)), row(...toRuleButtons(rule, at + 1)));
  }
  if (pageCount > 1) body.push(pager((to, use) => turnRulesPage.toCustomId({ page: to, use }), at, pageCount));
  return { components: [container(rules.length === 0 ? COLORS.quiet : COLORS.busy, body)] };
}

/** `page`, from 1: of the list that they stand in. */
export function toRuleButtons({ number, paused }: Rule, page?: number): APIButtonComponent[] {
  const isInList = page !== undefined;
  return [
    paused === undefined
      ? pauseRule.toButton({ number, page }, ruleWords.buttons.pause)
      : resumeRule.toButton({ number, page }, ruleWords.buttons.resume),
    ...(isInList ? [editRule.toButton({ number }, ruleWords.buttons.edit)] : []),
    postSample.toButton({ number }, ruleWords.buttons.test),
    removeRule.toButton({ number, page }, ruleWords.buttons.remove),
  ];
}

function toDoneBlocks(done: Done | undefined, page: number): APIComponentInContainer[] {
  if (done === undefined) return [];
  const { did, revision } = done;
  if (revision === undefined) return [text(did)];
  return [text(did), row(undoRule.toButton({ revision, page }, ruleWords.buttons.undo))];
}
