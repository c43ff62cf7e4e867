import { ButtonStyle } from 'discord.js';
import { type Decision, toDefaultPermission, type toPermissionTable } from '../../moderation/policy.ts';
import type { MemberUsage } from '../../moderation/quotas.ts';
import { ACTION_TEXTS } from '../../moderation/words.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { keepIt } from '../ui/keep-control.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { uiWords } from '../ui/words.ts';
import { toRoleText } from './setting-parts.ts';
import { memberWords } from './words.ts';

const TEXT_LIMIT = 3_600;
const MEMBERS_SHOWN = 40;

export interface PermissionsQuestion {
  readonly guildId: string;
  readonly userId: string;
  /** For which the table holds; none where it goes by the permissions of the whole server. */
  readonly channelId?: string;
}

/** What a member may do in a channel, why, and what would help where they may not. */
export function toPermissionsTable(
  { guildId, userId, channelId }: PermissionsQuestion,
  table: ReturnType<typeof toPermissionTable>,
): OutgoingMessage {
  const groups = Map.groupBy(table, ({ action }) => toDefaultPermission(action) ?? memberWords.everyone());
  const lines = [...groups].flatMap(([needs, rows]) => [memberWords.group(needs), ...toDecisionLines(guildId, rows)]);
  const heading = memberWords.mayDo(userId, channelId);
  const scope = channelId === undefined ? memberWords.inServer() : memberWords.inChannel();
  const body = `${cutText(lines.join('\n'), TEXT_LIMIT)}\n${scope}`;
  return { components: [container(COLORS.busy, [text(heading), text(body)])] };
}

/** Actions with one reason stand together, and the reason once below them. */
function toDecisionLines(guildId: string, rows: ReturnType<typeof toPermissionTable>): string[] {
  const byReason = Map.groupBy(rows, ({ decision }) => toReason(guildId, decision));
  return [...byReason].flatMap(([reason, some]) => {
    const lines = some.map(({ action, decision }) =>
      memberWords.decision(decision.allowed ? '✅' : '❌', action, ACTION_TEXTS[action]),
    );
    return reason === '' ? lines : [...lines, memberWords.because(reason)];
  });
}

function toReason(guildId: string, decision: Decision): string {
  if (!decision.allowed) return memberWords.denied(toDenialReason(guildId, decision), toHelp(guildId, decision));
  const { because } = decision;
  if (because.kind === 'role') return memberWords.allowedToRole(toRoleText(because.roleId, guildId));
  if (because.kind === 'permission') return memberWords.has();
  return memberWords.always[because.kind];
}

type Denial = Extract<Decision, { allowed: false }>;

function toDenialReason(guildId: string, { because }: Denial): string {
  if (because.kind === 'role-denied') return memberWords.deniedToRole(toRoleText(because.roleId, guildId));
  return memberWords.lacks();
}

function toHelp(guildId: string, { needs }: Denial): string {
  if (needs.withoutRoleIds.length > 0) {
    const roles = needs.withoutRoleIds.map((roleId) => toRoleText(roleId, guildId)).join(', ');
    return memberWords.allowAgain(roles);
  }
  const permission = needs.permission === undefined ? [] : [`**${needs.permission}**`];
  const roles = needs.roleIds.map((roleId) => toRoleText(roleId, guildId));
  return memberWords.wouldHelp([...permission, ...roles]);
}

/** Presses and submits of a month, most first. */
export function toUsageTable(month: string, usage: readonly MemberUsage[]): OutgoingMessage {
  const heading = memberWords.usageHeading(month);
  if (usage.length === 0)
    return { components: [container(COLORS.quiet, [text(`${heading}\n${memberWords.noUsage()}`)])] };
  let total = 0;
  for (const member of usage) total += member.total;
  const lines = usage.slice(0, MEMBERS_SHOWN).map(toUsageLine);
  const more = usage.length > MEMBERS_SHOWN ? [memberWords.moreMembers(usage.length - MEMBERS_SHOWN)] : [];
  const body = cutText([...lines, ...more].join('\n'), TEXT_LIMIT);
  return {
    components: [
      container(COLORS.busy, [text(`${heading}\n${memberWords.usageTotal(total, usage.length)}`), text(body)]),
    ],
  };
}

function toUsageLine({ userId, total, byDay }: MemberUsage): string {
  const [most] = Object.entries(byDay).toSorted(([, one], [, other]) => other - one);
  const peak = most === undefined ? '' : memberWords.usagePeak(most[0], most[1]);
  return `${memberWords.usageLine(toPersonText(userId), total)}${peak}`;
}

/** A member, or the pseudonym that stands for one. */
export function toPersonText(userId: string): string {
  return /^\d+$/.test(userId) ? `<@${userId}>` : toSafeLine(userId, 40);
}

/** Yes, after the question. */
export const confirmDeletion = new ControlDefinition({
  name: 'mod-privacy-yes',
  args: { memberId: required },
  requires: 'configure',
  acknowledges: 'update',
});

/** Asks before everything that names a member is made nobody's. */
export function toPrivacyQuestion(userId: string): OutgoingMessage {
  const question = `${memberWords.deleteName(userId)}\n-# ${memberWords.nameStays()}`;
  const yes = confirmDeletion.toButton({ memberId: userId }, memberWords.yesDelete(), { style: ButtonStyle.Danger });
  return { components: [container(COLORS.warn, [text(question), row(yes, keepIt.toButton({}, uiWords.keep))])] };
}
