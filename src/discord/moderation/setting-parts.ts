import { z } from 'zod';
import { ReviewSettings, type SettingParts } from '../../moderation/settings.ts';
import { ListedWord } from '../../moderation/word-list.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { type PartState, partWords } from './words.ts';

type Part = SettingParts[string] | undefined;

/** A role as people see it; everyone's role has the server's id. */
export function toRoleText(roleId: string, guildId: string): string {
  return roleId === guildId ? partWords.everyone() : partWords.role(roleId);
}

/**
 * A part of the settings and how it changed: `Review is **on** in #moderation (was off)`; undefined where nothing that
 * people see differs.
 */
export function toPartChange(guildId: string, name: string, before: Part, after: Part): string | undefined {
  const { subject, toState, toPlanned } = describePart(guildId, name);
  const [now, was] = [toState(after), toState(before)];
  if (partWords.was(now) !== partWords.was(was))
    return partWords.change(subject, partWords.now(now), partWords.was(was));
  const planned = toPlanned?.(after) ?? '';
  return planned === (toPlanned?.(before) ?? '') ? undefined : partWords.planned(subject, partWords.now(now), planned);
}

interface PartWords {
  readonly subject: string;
  toState(part: Part): PartState;
  /** How it will be once it is on; empty where it is, or nothing is set. */
  toPlanned?(part: Part): string;
}

function describePart(guildId: string, name: string): PartWords {
  const [kind, second = '', ...rest] = name.split('/');
  const roleId = rest.join('/');
  switch (kind) {
    case 'grant':
      return { subject: partWords.grant(second, toRoleText(roleId, guildId)), toState: toGrantState };
    case 'word':
      return { subject: partWords.word(toSafeLine([second, ...rest].join('/'), 100)), toState: toWordState };
    case 'quota':
      return { subject: partWords.quota(toScopeText(guildId, second, roleId)), toState: toQuotaState };
    case 'review':
      return { subject: partWords.review(), toState: toReviewState, toPlanned: toPlannedReview };
    case 'alertsChannelId':
      return { subject: partWords.alerts(), toState: toAlertsState };
    case 'logRetentionDays':
      return { subject: partWords.log(), toState: (part) => [toRetentionText(part)] };
    default:
      return {
        subject: partWords.other(toSafeLine(name, 80)),
        toState: (part) => [toSafeLine(JSON.stringify(part) ?? partWords.default(), 100)],
      };
  }
}

function toGrantState(part: Part): PartState {
  if (part === undefined) return [partWords.grants.none];
  return [partWords.grants[part === 'allow' ? 'allow' : 'deny']];
}

function toAlertsState(part: Part): PartState {
  return typeof part === 'string' ? [partWords.switch.on, partWords.inChannel(part)] : [partWords.switch.off];
}

/** Where alerts go. */
export function toAlertsText(part: Part): string {
  return partWords.was(toAlertsState(part));
}

/** How many days the log is kept. */
export function toRetentionText(part: Part): string {
  return typeof part === 'number' ? partWords.keptFor(part) : partWords.keptForever();
}

function toWordState(part: Part): PartState {
  const listed = ListedWord.safeParse(part);
  return [partWords.words[listed.data?.then ?? 'none']];
}

export function toScopeText(guildId: string, scope: string, roleId: string): string {
  if (scope === 'role') return toRoleText(roleId, guildId);
  return scope === 'server' ? partWords.server() : partWords.member();
}

function toQuotaState(part: Part): PartState {
  return [z.number().safeParse(part).data?.toString() ?? partWords.noQuota()];
}

function toReviewState(part: Part): PartState {
  const { data } = ReviewSettings.safeParse(part);
  return data?.mode === 'on' ? [partWords.switch.on, toReviewDetails(data)] : [partWords.switch.off];
}

function toPlannedReview(part: Part): string {
  const { data } = ReviewSettings.safeParse(part);
  return data?.mode === 'off' ? toReviewDetails(data).replace(/^,? /, '') : '';
}

function toReviewDetails({ channelId, quorum, timeoutHours, onTimeout }: ReviewSettings): string {
  const details = [
    channelId !== undefined && partWords.inChannel(channelId),
    quorum > 1 && partWords.quorum(quorum),
    timeoutHours !== undefined && partWords.timeLimit(timeoutHours, onTimeout),
  ];
  return details.filter(Boolean).join('');
}

/** `on in #moderation, 2 matching votes needed, published after 24 hours`. */
export function toReviewSettingsText(settings: ReviewSettings): string {
  return partWords.was(toReviewState({ ...settings }));
}
