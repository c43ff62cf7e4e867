import { type APIFileComponent, ComponentType } from 'discord.js';
import type { LogPage } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION, type LogEntry, type ReadEntry } from '../../moderation/log/log-entry.ts';
import { SettingParts } from '../../moderation/settings.ts';
import { formatQuietHours, QuietHours } from '../../notifications/rules/quiet-hours.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { maybe, optional, ordinal } from '../core/control-args.ts';
import type { OutgoingFile, OutgoingMessage } from '../core/outgoing.ts';
import { container, relativeTime, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toPersonText } from './member-pages.ts';
import { toDiffLines } from './settings-page.ts';

const TEXT_LIMIT = 3_600;
const ENTRY_LENGTH = 330;
const DETAILS_LENGTH = 160;
/** What the entry says otherwise, or nobody asks for. */
const UNSHOWN_FIELDS = new Set(['number', 'guildId', 'createdBy', 'createdAt']);

/** What a page of the log was asked for; carried by its controls. */
export interface LogFilter {
  readonly member?: string | undefined;
  readonly ref?: string | undefined;
  readonly action?: string | undefined;
}

/** Newest and Older under a page of the log; `use` tells them apart. */
export const turnLogPage = new ControlDefinition({
  name: 'mod-log',
  args: { before: maybe(ordinal), member: optional, ref: optional, action: optional, use: optional },
  requires: 'configure',
  acknowledges: 'update',
});

/** A page of the log, newest first. */
export function toLogPage(guildId: string, page: LogPage, filter: LogFilter): OutgoingMessage {
  const asked = [filter.member && toPersonText(filter.member), filter.ref && `\`${filter.ref}\``, filter.action];
  const heading = `### Log${asked.some(Boolean) ? ` · ${asked.filter(Boolean).join(' · ')}` : ''}`;
  const lines = page.entries.map((entry) => cutText(toEntryText(guildId, entry), ENTRY_LENGTH));
  const body = lines.length === 0 ? 'Nothing is logged that fits.' : cutText(lines.join('\n'), TEXT_LIMIT);
  const { member, ref, action } = filter;
  const { nextBefore: before } = page;
  const isDisabled = before === undefined;
  const paging = row(
    turnLogPage.toButton({ member, ref, action, use: 'newest' }, 'Newest'),
    turnLogPage.toButton({ before, member, ref, action, use: 'older' }, 'Older ▶', { isDisabled }),
  );
  return { components: [container(COLORS.busy, [text(heading), text(body), paging])] };
}

/** `**#12** 3 minutes ago · @Olga setting-change …`. */
export function toEntryText(guildId: string, entry: ReadEntry): string {
  const { number, at, actorId, action, ref, targetId, madeRef } = entry;
  const who = actorId === undefined ? 'the bot' : toPersonText(actorId);
  const about = [
    ref && `\`${ref}\``,
    targetId && targetId !== actorId && `of ${toPersonText(targetId)}`,
    madeRef && `→ \`${madeRef}\``,
  ].filter(Boolean);
  const start = `**#${number}** ${relativeTime(at)} · ${who} · ${toSafeLine(action, 40)}`;
  const changes = toChangeText(guildId, entry);
  return [start, ...about, toDetailsText(entry), changes].filter((part) => part !== '').join(' · ');
}

function toDetailsText({ details }: LogEntry): string {
  const parts = Object.entries(details).map(([name, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    return name === 'what' ? shown : `${name}: ${shown}`;
  });
  return toSafeLine(parts.join(', '), DETAILS_LENGTH);
}

function toChangeText(guildId: string, { action, before, after }: LogEntry): string {
  if (action === LOG_ACTION.ruleChange) return toFieldChanges(before, after);
  const parts = { before: SettingParts.safeParse(before), after: SettingParts.safeParse(after) };
  if (!parts.before.success || !parts.after.success) return '';
  const lines = toDiffLines(guildId, { before: parts.before.data, after: parts.after.data });
  return lines.map((line) => line.slice(2)).join('; ');
}

/** What differs between two rules, field by field. */
function toFieldChanges(before: unknown, after: unknown): string {
  const [old, now] = [toFields(before), toFields(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  const lines = names.map((name) => {
    const [was, is] = [old.get(name), now.get(name) ?? 'none'];
    return was === undefined ? `${name} ${is}` : `${name} ${was} → ${is}`;
  });
  return cutText(lines.join('; '), DETAILS_LENGTH);
}

function toFields(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  const shown = Object.entries(value).filter(([name]) => !UNSHOWN_FIELDS.has(name));
  return new Map(shown.map(([name, field]) => [toFieldName(name), toFieldText(name, field)]));
}

function toFieldName(name: string): string {
  return name.replace(/(?:Role)?Id$/, '');
}

function toFieldText(name: string, field: unknown): string {
  if (name === 'channelId') return `<#${String(field)}>`;
  if (name === 'mentionRoleId') return `<@&${String(field)}>`;
  if (name === 'paused' || name === 'suspended') return 'yes';
  const quiet = name === 'quiet' ? QuietHours.safeParse(field).data : undefined;
  if (quiet !== undefined) return toSafeLine(formatQuietHours(quiet), DETAILS_LENGTH);
  if (Array.isArray(field)) return toSafeLine(field.join(', '), DETAILS_LENGTH);
  return toSafeLine(typeof field === 'string' ? field : JSON.stringify(field), DETAILS_LENGTH);
}

/** A file with a sentence above it. */
export function toFileMessage(sentence: string, file: OutgoingFile): OutgoingMessage {
  const shown: APIFileComponent = { type: ComponentType.File, file: { url: `attachment://${file.name}` } };
  return { components: [container(COLORS.good, [text(sentence), shown])], files: [file] };
}
