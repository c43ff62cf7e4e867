import { z } from 'zod';
import { ReviewSettings, type SettingParts } from '../../moderation/settings.ts';
import { ListedWord } from '../../moderation/word-list.ts';
import { toSafeLine } from '../ui/outside-text.ts';

type Part = SettingParts[string] | undefined;

/** A role as people see it; everyone's role has the server's id. */
export function toRoleText(roleId: string, guildId: string): string {
  return roleId === guildId ? '@everyone' : `<@&${roleId}>`;
}

/** A part of the settings and how it changed: `**press** for @Artist: by default → allowed`. */
export function toPartChange(guildId: string, name: string, before: Part, after: Part): string {
  const { label, toText } = describePart(guildId, name);
  return `${label}: ${toText(before)} → **${toText(after)}**`;
}

interface PartWords {
  readonly label: string;
  toText(part: Part): string;
}

function describePart(guildId: string, name: string): PartWords {
  const [kind, second = '', ...rest] = name.split('/');
  const roleId = rest.join('/');
  switch (kind) {
    case 'grant':
      return { label: `\`${second}\` for ${toRoleText(roleId, guildId)}`, toText: toGrantText };
    case 'word':
      return { label: `the word “${toSafeLine([second, ...rest].join('/'), 100)}”`, toText: toWordText };
    case 'quota':
      return { label: `presses and submits a day of ${toScopeText(guildId, second, roleId)}`, toText: toQuotaText };
    case 'review':
      return { label: 'review', toText: toReviewText };
    case 'alertsChannelId':
      return { label: 'alerts', toText: (part) => (typeof part === 'string' ? `to <#${part}>` : 'off') };
    case 'logRetentionDays':
      return { label: 'log kept', toText: (part) => (typeof part === 'number' ? `for ${part} days` : 'for ever') };
    default:
      return { label: toSafeLine(name, 80), toText: (part) => toSafeLine(JSON.stringify(part) ?? 'default', 100) };
  }
}

function toGrantText(part: Part): string {
  if (part === undefined) return 'by default';
  return part === 'allow' ? 'allowed' : 'denied';
}

function toWordText(part: Part): string {
  const listed = ListedWord.safeParse(part);
  if (!listed.success) return 'not listed';
  return listed.data.then === 'refuse' ? 'its prompts are refused' : 'its results are held for review';
}

export function toScopeText(guildId: string, scope: string, roleId: string): string {
  if (scope === 'role') return toRoleText(roleId, guildId);
  return scope === 'server' ? 'the whole server' : 'each member';
}

function toQuotaText(part: Part): string {
  return z.number().safeParse(part).data?.toString() ?? 'no limit';
}

const ON_TIMEOUT = { publish: 'published', drop: 'dropped', remind: 'reminded of' } as const;

function toReviewText(part: Part): string {
  const { data } = ReviewSettings.safeParse(part);
  return data === undefined ? 'off' : toReviewSettingsText(data);
}

/** `on, in #moderation, 2 votes decide, after 24 h published`. */
export function toReviewSettingsText({ mode, channelId, quorum, timeoutHours, onTimeout }: ReviewSettings): string {
  const parts = [
    mode,
    channelId === undefined ? 'no channel' : `in <#${channelId}>`,
    quorum === 1 ? '1 vote decides' : `${quorum} votes decide`,
    timeoutHours === undefined ? 'no time limit' : `after ${timeoutHours} h ${ON_TIMEOUT[onTimeout]}`,
  ];
  return parts.join(', ');
}
