import type { ChangeOutcome } from '../../moderation/guild-settings.ts';
import { Action, type Grant, toDefaultPermission } from '../../moderation/policy.ts';
import type { SettingDiff, Settings } from '../../moderation/settings.ts';
import type { ListedWord } from '../../moderation/word-list.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, optional, ordinal } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, row, text, toPageWithin } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import {
  toAlertsText,
  toPartChange,
  toRetentionText,
  toReviewSettingsText,
  toRoleText,
  toScopeText,
} from './setting-parts.ts';
import { memberWords, settingWords } from './words.ts';

const TEXT_LIMIT = 3_600;
const WORDS_PER_PAGE = 40;

/** Sets what a change did back to what it was. */
export const undoSetting = new ControlDefinition({
  name: 'mod-undo',
  args: { entry: ordinal },
  requires: 'configure',
  acknowledges: 'update',
});

export interface ChangeMessageOptions {
  readonly warnings?: readonly string[];
  /** What else is good to know, in small. */
  readonly hints?: readonly string[];
  /** Whether the change is an undo of another. */
  readonly isUndo?: boolean;
}

/** What a change did, part by part, with an Undo. */
export function toChangeMessage(
  guildId: string,
  outcome: ChangeOutcome,
  { warnings = [], hints = [], isUndo = false }: ChangeMessageOptions = {},
): OutgoingMessage {
  const warned = [...warnings.map(settingWords.warning), ...hints.map(settingWords.hint)];
  if (outcome.outcome === 'unchanged') {
    return toNoticeMessage([settingWords.unchanged(), ...warned].join('\n'), COLORS.quiet);
  }
  const { entryNumber, diff } = outcome;
  const say = isUndo ? settingWords.undone : settingWords.changed;
  const changes = toDiffLines(guildId, diff);
  const lines = [...(changes.length > 0 ? changes : [settingWords.unseen()]).map(say), ...warned];
  const undo = undoSetting.toButton({ entry: entryNumber }, settingWords.undo());
  const color = warnings.length > 0 ? COLORS.warn : COLORS.good;
  return { components: [container(color, [text(cutText(lines.join('\n'), TEXT_LIMIT)), row(undo)])] };
}

/** One sentence for each part that differs for people. */
export function toDiffLines(guildId: string, { before, after }: SettingDiff): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => toPartChange(guildId, name, before[name], after[name]) ?? []);
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
    quotas.member !== undefined && settingWords.quotaOf(toScopeText(guildId, 'member', ''), quotas.member),
    ...quotas.roles.map(({ roleId, perDay }) => settingWords.quotaOf(toScopeText(guildId, 'role', roleId), perDay)),
    quotas.server !== undefined && settingWords.quotaOf(toScopeText(guildId, 'server', ''), quotas.server),
  ].filter(Boolean);
  const lines = [
    ...warnings.map(settingWords.warning),
    settingWords.allowed(grants.allow.map(toGrant).join(', ')),
    settingWords.denied(grants.deny.map(toGrant).join(', ')),
    settingWords.quotas(quotaLines.join(', ')),
    settingWords.words(words.length),
    settingWords.review(toReviewSettingsText(review), openReviewCount),
    settingWords.alerts(toAlertsText(alertsChannelId)),
    settingWords.log(toRetentionText(logRetentionDays)),
    settingWords.defaults(toDefaultGroups()),
  ];
  const color = warnings.length > 0 ? COLORS.warn : COLORS.busy;
  return {
    components: [container(color, [text(settingWords.heading()), text(cutText(lines.join('\n'), TEXT_LIMIT))])],
  };
}

/** Actions by what they need unless a grant says otherwise. */
function toDefaultGroups() {
  return [...Map.groupBy(Action.options, toDefaultPermission)].map(([permission, actions]) => ({
    needs: permission ?? memberWords.everyone(),
    actions,
  }));
}

/** Previous and Next under the list; `use` tells them apart. */
export const turnWordsPage = new ControlDefinition({
  name: 'mod-words',
  args: { page: count, use: optional },
  requires: 'audit',
  acknowledges: 'update',
});

/** The listed words of a server, forty a page. */
export function toWordsList(words: readonly ListedWord[], page: number): OutgoingMessage {
  if (words.length === 0) {
    return toNoticeMessage(settingWords.noWords(), COLORS.quiet);
  }
  const pageCount = Math.ceil(words.length / WORDS_PER_PAGE);
  const at = toPageWithin(page, pageCount);
  const shown = words.slice(at * WORDS_PER_PAGE, (at + 1) * WORDS_PER_PAGE);
  const lines = shown.map((listed) => settingWords.listedWord(toSafeLine(listed.word, 60), listed.then));
  const body = [text(settingWords.wordsHeading(words.length)), text(cutText(lines.join('\n'), TEXT_LIMIT))];
  const paging = pager((to, use) => turnWordsPage.toCustomId({ page: to, use }), at, pageCount);
  return { components: [container(COLORS.busy, pageCount > 1 ? [...body, paging] : body)] };
}
