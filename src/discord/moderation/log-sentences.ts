import { LOG_ACTION, type LogEntry, type ReadEntry } from '../../moderation/log/log-entry.ts';
import { Verdict } from '../../moderation/reviews/review.ts';
import { SettingParts } from '../../moderation/settings.ts';
import { formatQuietHours, QuietHours } from '../../notifications/rules/quiet-hours.ts';
import { cutText } from '../../shared/text.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toPersonText } from './member-pages.ts';
import { toDiffLines } from './settings-page.ts';
import { logWords } from './words.ts';

const PROMPT_LENGTH = 160;
const DETAILS_LENGTH = 160;
/** What the entry says otherwise, or nobody asks for. */
const UNSHOWN_FIELDS = new Set(['number', 'guildId', 'createdBy', 'createdAt', 'revision']);

/** `**#12** 3 minutes ago · @Olga cancelled k3v9x2ma`. */
export function toEntryText(guildId: string, entry: ReadEntry): string {
  const { number, at, actorId } = entry;
  const who = actorId === undefined ? logWords.bot() : toPersonText(actorId);
  return logWords.line(number, at, who, toSentence(guildId, entry));
}

/** What was done, as the rest of a sentence that begins with who did it. */
function toSentence(guildId: string, entry: ReadEntry): string {
  const { action, ref = '?', madeRef } = entry;
  const made = madeRef === undefined ? '' : logWords.made(madeRef);
  switch (action) {
    case LOG_ACTION.press:
      return `${logWords.clicked(toText(entry, 'button'), ref)}${made}`;
    case LOG_ACTION.submit:
      return `${logWords.started()}${made}${toReason(entry, 'prompt')}`;
    case LOG_ACTION.cancel:
      return toCancelText(entry);
    case LOG_ACTION.reviewVote:
      return `${logWords.voted(toVerdict(entry), ref)}${toReason(entry, 'reason')}`;
    case LOG_ACTION.reviewDecision:
      return `${logWords.decided(toVerdict(entry), ref)}${toReason(entry, 'reason')}${toCause(entry)}`;
    case LOG_ACTION.permissionChange:
    case LOG_ACTION.settingChange:
      return toSettingText(guildId, entry);
    case LOG_ACTION.undo:
      return logWords.undid(toText(entry, 'entry'), toSettingChanges(guildId, entry));
    case LOG_ACTION.ruleChange:
      return toRuleText(entry);
    case LOG_ACTION.accountChange:
      return logWords.account(toText(entry, 'what'), `${toText(entry, 'kind')}, ${toText(entry, 'url')}`);
    case LOG_ACTION.refusal:
      return toRefusalText(entry);
    case LOG_ACTION.privacy:
      return logWords.forgot(toPersonText(entry.targetId ?? '?'));
    default:
      return logWords.other(toSafeLine(action, 40), toDetailsText(entry));
  }
}

function toCancelText(entry: ReadEntry): string {
  const { ref, targetId, actorId } = entry;
  const of = targetId === undefined || targetId === actorId ? '' : logWords.of(toPersonText(targetId));
  return `${ref === undefined ? logWords.cancelledWaiting() : logWords.cancelled(ref)}${of}`;
}

function toVerdict({ details }: LogEntry): Verdict {
  return Verdict.safeParse(details['verdict']).data ?? 'approve';
}

function toCause({ details }: LogEntry): string {
  return details['cause'] === 'timeout' ? logWords.timedOut() : '';
}

function toSettingText(guildId: string, entry: LogEntry): string {
  if (entry.details['what'] === 'api-channel-reset') return logWords.reset(toText(entry, 'apiChannel'));
  const changes = toSettingChanges(guildId, entry);
  return logWords.set(changes === '' ? toDetailsText(entry) : changes);
}

function toSettingChanges(guildId: string, { before, after }: LogEntry): string {
  const parts = { before: SettingParts.safeParse(before), after: SettingParts.safeParse(after) };
  if (!parts.before.success || !parts.after.success) return '';
  return toDiffLines(guildId, { before: parts.before.data, after: parts.after.data }).join('; ');
}

/** What a pause, a resume and a removal did is said by their name. */
function toRuleText(entry: LogEntry): string {
  const what = toText(entry, 'what').split(' ').at(-1) ?? '';
  const isWhole = ['pause', 'resume', 'remove'].includes(what);
  return logWords.rule(what, toText(entry, 'rule'), isWhole ? '' : toFieldChanges(entry.before, entry.after));
}

function toRefusalText(entry: LogEntry): string {
  const { why } = entry.details;
  if (why === 'word') return logWords.refusedWord(toText(entry, 'word'));
  if (why === 'quota') return logWords.refusedQuota(toText(entry, 'quota'));
  if (why !== 'permission') return logWords.other(toSafeLine(entry.action, 40), toDetailsText(entry));
  const about = entry.ref === undefined ? '' : ` \`${entry.ref}\``;
  return logWords.tried(`\`${toText(entry, 'what').replaceAll('`', '')}\`${about}`);
}

function toText({ details }: LogEntry, name: string): string {
  const value = details[name];
  if (value === undefined) return '?';
  return toSafeLine(typeof value === 'string' ? value : JSON.stringify(value), 100);
}

function toReason({ details }: LogEntry, name: string): string {
  const value = details[name];
  return typeof value === 'string' ? logWords.reason(toSafeLine(value, PROMPT_LENGTH)) : '';
}

function toDetailsText({ details }: LogEntry): string {
  const parts = Object.entries(details).map(([name, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    return name === 'what' ? shown : `${name}: ${shown}`;
  });
  return toSafeLine(parts.join(', '), DETAILS_LENGTH);
}

/** What differs between two rules, field by field. */
function toFieldChanges(before: unknown, after: unknown): string {
  const [old, now] = [toFields(before), toFields(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  const lines = names.map((name) => logWords.field(name, now.get(name) ?? logWords.none(), old.get(name)));
  return cutText(lines.join(', '), DETAILS_LENGTH);
}

function toFields(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  const shown = Object.entries(value).filter(([name]) => !UNSHOWN_FIELDS.has(name));
  return new Map(shown.map(([name, field]) => [logWords.ruleField(name), toFieldText(name, field)]));
}

function toFieldText(name: string, field: unknown): string {
  if (name === 'channelId') return `<#${String(field)}>`;
  if (name === 'mentionRoleId') return `<@&${String(field)}>`;
  if (name === 'paused' || name === 'suspended') return logWords.yes();
  const quiet = name === 'quiet' ? QuietHours.safeParse(field).data : undefined;
  if (quiet !== undefined) return toSafeLine(formatQuietHours(quiet), DETAILS_LENGTH);
  if (Array.isArray(field)) return toSafeLine(field.join(', '), DETAILS_LENGTH);
  return toSafeLine(typeof field === 'string' ? field : JSON.stringify(field), DETAILS_LENGTH);
}
