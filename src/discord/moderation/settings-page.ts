import type { ChangeOutcome } from '../../moderation/guild-settings.ts';
import type { Grant } from '../../moderation/policy.ts';
import type { SettingDiff, Settings } from '../../moderation/settings.ts';
import type { ListedWord } from '../../moderation/word-list.ts';
import { countOf, cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, optional } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, text, toPageWithin } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toPartChange, toReviewSettingsText, toRoleText, toScopeText } from './setting-words.ts';

const TEXT_LIMIT = 3_600;
const WORDS_PER_PAGE = 40;

/** What a change did, part by part, and how to take it back. */
export function toChangeMessage(
  guildId: string,
  outcome: ChangeOutcome,
  warnings: readonly string[] = [],
): OutgoingMessage {
  const warned = warnings.map((warning) => `⚠️ ${warning}`);
  if (outcome.outcome === 'unchanged') {
    const said = ['That is how it was already: nothing was changed.', ...warned];
    return toNoticeMessage(said.join('\n'), COLORS.quiet);
  }
  const { entryNumber, diff } = outcome;
  const undo = `-# Entry ${entryNumber} of the log. \`/mod undo entry:${entryNumber}\` takes it back.`;
  const lines = ['✅ Changed.', ...toDiffLines(guildId, diff), ...warned, undo];
  return toNoticeMessage(cutText(lines.join('\n'), TEXT_LIMIT), warned.length > 0 ? COLORS.warn : COLORS.good);
}

/** One line per part that differs, before → after. */
export function toDiffLines(guildId: string, { before, after }: SettingDiff): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => `- ${toPartChange(guildId, name, before[name], after[name])}`);
}

export interface SettingsOverview {
  readonly guildId: string;
  readonly settings: Settings;
  /** Reviews that wait for a decision. */
  readonly openReviewCount: number;
  /** Sentences about what does not work as set. */
  readonly warnings: readonly string[];
}

/** Everything that a server has decided about moderation. */
export function toSettingsOverview(overview: SettingsOverview): OutgoingMessage {
  const { guildId, settings, openReviewCount, warnings } = overview;
  const { grants, words, quotas, review, alertsChannelId, logRetentionDays } = settings;
  const toGrant = ({ action, roleId }: Grant) => `\`${action}\` ${toRoleText(roleId, guildId)}`;
  const quotaLines = [
    quotas.member !== undefined && `each member ${quotas.member}`,
    ...quotas.roles.map(({ roleId, perDay }) => `${toScopeText(guildId, 'role', roleId)} ${perDay}`),
    quotas.server !== undefined && `the whole server ${quotas.server}`,
  ].filter(Boolean);
  const lines = [
    ...warnings.map((warning) => `⚠️ ${warning}`),
    `**Allowed** ${grants.allow.map(toGrant).join(', ') || 'nothing beyond the defaults'}`,
    `**Denied** ${grants.deny.map(toGrant).join(', ') || 'nothing'}`,
    `**A day** ${quotaLines.join(', ') || 'no limits'}`,
    `**Words** ${words.length === 0 ? 'none listed' : `${countOf(words.length, 'word')}: \`/mod words list\``}`,
    `**Review** ${toReviewSettingsText(review)}${openReviewCount > 0 ? ` · ${countOf(openReviewCount, 'result')} waiting` : ''}`,
    `**Alerts** ${alertsChannelId === undefined ? 'off' : `to <#${alertsChannelId}>`}`,
    `**Log** kept ${logRetentionDays === undefined ? 'for ever' : `for ${logRetentionDays} days`}`,
    '-# Everyone may `view`; `submit`, `press`, `cancel-own` and `share` need Manage Messages, the rest Manage Server.',
  ];
  const color = warnings.length > 0 ? COLORS.warn : COLORS.busy;
  return { components: [container(color, [text('### Moderation'), text(cutText(lines.join('\n'), TEXT_LIMIT))])] };
}

/** Previous and Next under the list; `use` tells them apart. */
export const turnWordsPage = new ControlDefinition({
  name: 'mod-words',
  args: { page: count, use: optional },
  requires: 'configure',
  acknowledges: 'update',
});

/** The listed words of a server, forty a page. */
export function toWordsList(words: readonly ListedWord[], page: number): OutgoingMessage {
  if (words.length === 0) {
    return toNoticeMessage('### Listed words\nNone yet. `/mod words add word:…` lists one.', COLORS.quiet);
  }
  const pageCount = Math.ceil(words.length / WORDS_PER_PAGE);
  const at = toPageWithin(page, pageCount);
  const shown = words.slice(at * WORDS_PER_PAGE, (at + 1) * WORDS_PER_PAGE);
  const lines = shown.map((listed) => `- ${toSafeLine(listed.word, 60)}: ${listed.then}`);
  const body = [text(`### ${countOf(words.length, 'listed word')}`), text(cutText(lines.join('\n'), TEXT_LIMIT))];
  const paging = pager((to, use) => turnWordsPage.toCustomId({ page: to, use }), at, pageCount);
  return { components: [container(COLORS.busy, pageCount > 1 ? [...body, paging] : body)] };
}
