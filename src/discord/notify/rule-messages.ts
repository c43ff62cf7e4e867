import { formatQuietHours } from '../../notifications/rules/quiet-hours.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import { countOf, cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, optional, ordinal } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, relativeTime, row, text, toPageWithin } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';

/** Previous and Next under the list; `use` tells them apart. */
export const turnRulesPage = new ControlDefinition({
  name: 'rules-page',
  args: { page: count, use: optional },
  requires: 'rules',
  acknowledges: 'update',
});
/** Post a sample, under what was done to a rule. */
export const postSample = new ControlDefinition({
  name: 'rule-test',
  args: { number: ordinal },
  requires: 'rules',
  acknowledges: 'private',
});

const RULES_PER_PAGE = 10;

/** One rule in words: where, what, and what is special about it. */
export function toRuleText(rule: Rule): string {
  const conditions = [
    rule.verb && `verb ${toSafeLine(rule.verb, 40)}`,
    rule.type && `${rule.type}s only`,
    rule.apiChannel && `API channel ${toSafeLine(rule.apiChannel, 40)}`,
    rule.promptWords && `prompt holds ${toSafeLine(rule.promptWords.join(' '), 80)}`,
    rule.mentionRoleId && `mentions <@&${rule.mentionRoleId}>`,
    rule.media !== 'full' && `media: ${rule.media}`,
    rule.quiet && `quiet ${toSafeLine(formatQuietHours(rule.quiet), 60)}`,
    rule.digest !== undefined && `digest over ${rule.digest} in 10 min`,
  ].filter(Boolean);
  const more = conditions.length > 0 ? ` · ${conditions.join(' · ')}` : '';
  return `**#${rule.number}** → <#${rule.channelId}> on ${rule.events.join(', ')}${more}${toStateText(rule)}`;
}

function toStateText({ paused, suspended, delayed }: Rule): string {
  if (suspended !== undefined) {
    const why = `${toSafeLine(suspended.reason, 120)} (${suspended.code})`;
    return `\n-# ⛔ suspended ${relativeTime(suspended.at)}: ${why}. It resumes by itself when that is mended.`;
  }
  const waits = delayed === undefined ? '' : toDelayText(delayed);
  return paused === undefined ? waits : `${waits}\n-# ⏸️ paused ${relativeTime(paused.at)} by <@${paused.by}>`;
}

function toDelayText({ reason, code, at }: NonNullable<Rule['delayed']>): string {
  const why = `${toSafeLine(reason, 120)} (${code})`;
  return `\n-# ⏳ posts wait since ${relativeTime(at)}: ${why}. I keep trying for hours.`;
}

/** All rules of a server, ten a page. */
export function toRulesList(rules: readonly Rule[], page: number): OutgoingMessage {
  if (rules.length === 0) {
    const hint = 'No rules yet. `/notify add channel:#results` makes a channel hear when jobs end.';
    return { components: [container(COLORS.quiet, [text(`### Notification rules\n${hint}`)])] };
  }
  const pageCount = Math.ceil(rules.length / RULES_PER_PAGE);
  const at = toPageWithin(page, pageCount);
  const shown = rules.slice(at * RULES_PER_PAGE, (at + 1) * RULES_PER_PAGE);
  const heading = `### ${countOf(rules.length, 'notification rule')}`;
  const body = [text(heading), text(cutText(shown.map(toRuleText).join('\n'), 3_700))];
  const paging = pager((to, use) => turnRulesPage.toCustomId({ page: to, use }), at, pageCount);
  return { components: [container(COLORS.busy, pageCount > 1 ? [...body, paging] : body)] };
}

/** Says what was done to a rule, and how it stands now, or stood where it is removed. */
export function toRuleResult(
  did: string,
  rule: Rule,
  { warnings = [], isRemoved = false }: { readonly warnings?: readonly string[]; readonly isRemoved?: boolean } = {},
): OutgoingMessage {
  const lines = [`✅ ${did}`, toRuleText(rule), ...warnings.map((warning) => `⚠️ ${warning}`)];
  const test = row(postSample.toButton({ number: rule.number }, 'Post a sample'));
  const body = [text(lines.join('\n')), ...(isRemoved ? [] : [test])];
  return { components: [container(warnings.length > 0 ? COLORS.warn : COLORS.good, body)] };
}
